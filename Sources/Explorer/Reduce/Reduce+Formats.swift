import Quantization

extension ExplorerState {
    /// Left and right step through the pages, up and down move the list of one.
    mutating func moveOnFormat(_ motion: Action.Motion) {
        let pages = FormatModel.pages(self).count
        switch motion {
        case .left, .right:
            formatPage = (min(formatPage, pages - 1) + (motion == .right ? 1 : pages - 1)) % pages
            formatScroll = 0
        default:
            let length = max(detail?.quantizer.levelCount ?? 0, 64)
            formatScroll = max(-length, min(length, formatScroll + offset(of: motion, length: 2 * length)))
        }
    }

    // MARK: The table of formats

    /// Up and down choose, Enter takes the recipe, Esc leaves.
    mutating func reduceFormats(_ action: Action, _ table: FormatTable) -> [Request]? {
        let results = FormatTableModel.sorted(self)
        let now = FormatTableModel.position(table, results, self)
        func selected(_ place: Int) -> FormatTable {
            results.isEmpty
                ? table : FormatTable(selection: results[max(0, min(results.count - 1, place))].recipe.description)
        }
        switch action {
        case .moved(let motion), .movedIn(_, let motion):
            overlay = .formats(selected(now + offset(of: motion, length: results.count)))
        case .overlayRowPointed(let row):
            if row == now, results.indices.contains(row) { return reduceFormats(.entered, table) }
            overlay = .formats(selected(row))
        case .entered:
            guard results.indices.contains(now) else { return [] }
            overlay = nil
            return change(to: results[now].recipe)
        case .escaped, .quitPressed, .formatsCompared:
            overlay = nil
            return isIdle ? [] : [request(keepsEvaluation: true)]
        case .pinSwitched: return switchPin()
        case .promptOpened, .filesOpened:
            overlay = nil
            return nil
        case .pointed:
            overlay = nil
        case .edited, .completed, .pasted: break
        default: say(Words.closeFirst)
        }
        return []
    }
}
