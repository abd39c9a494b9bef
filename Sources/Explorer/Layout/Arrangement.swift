/// How a screen divides its room among panels.
///
/// Whatever the room, the panel with the focus is shown: where it would have been left out, it replaces what has the rest.
indirect enum Arrangement: Sendable {
    case panel(PanelID)
    /// One above the other.
    case rows([Part])
    /// Side by side.
    case columns([Part])
    /// Side by side in equal parts: as many as have `each` columns, the most wanted first, and the one with the focus.
    case shelf([PanelID], each: Int)

    /// A part of rows or columns.
    struct Part: Sendable {
        enum Size: Sendable {
            case cells(Int)
            /// What the others leave, which has to be at least so much.
            case rest(least: Int)
        }

        let size: Size
        /// Left out where the rest would have too little; the last one of several goes first.
        let isOptional: Bool
        let content: Arrangement

        static func fixed(_ cells: Int, _ content: Arrangement) -> Part {
            Part(size: .cells(cells), isOptional: false, content: content)
        }

        static func optional(_ cells: Int, _ content: Arrangement) -> Part {
            Part(size: .cells(cells), isOptional: true, content: content)
        }

        static func rest(least: Int = 0, _ content: Arrangement) -> Part {
            Part(size: .rest(least: least), isOptional: false, content: content)
        }

        fileprivate var cells: Int { if case .cells(let cells) = size { cells } else { 0 } }
        fileprivate var isRest: Bool { if case .rest = size { true } else { false } }
        fileprivate var least: Int { if case .rest(let least) = size { least } else { 0 } }
    }

    /// Puts panels into a part of the window.
    func place(in rect: Rect, focus: PanelID, _ panels: inout [PanelID: Rect]) {
        guard rect.height > 0, rect.width > 0 else { return }
        switch self {
        case .panel(let panel): panels[panel] = rect
        case .rows(let parts): place(parts, in: rect, length: rect.height, focus, &panels, Self.row)
        case .columns(let parts): place(parts, in: rect, length: rect.width, focus, &panels, Self.column)
        case .shelf(let wanted, let each):
            var shown = Array(wanted.prefix(max(1, rect.width / each)))
            if wanted.contains(focus), !shown.contains(focus) { shown[shown.count - 1] = focus }
            for (index, panel) in shown.enumerated() {
                let start = rect.width * index / shown.count, end = rect.width * (index + 1) / shown.count
                panels[panel] = Rect(
                    row: rect.row, column: rect.column + start, height: rect.height, width: end - start)
            }
        }
    }

    private func contains(_ panel: PanelID) -> Bool {
        switch self {
        case .panel(let own): own == panel
        case .rows(let parts), .columns(let parts): parts.contains { $0.content.contains(panel) }
        case .shelf(let panels, _): panels.contains(panel)
        }
    }

    /// Below so many columns a shelf is not worth the rows it takes from others.
    private var leastWidth: Int { if case .shelf(_, let each) = self { each * 6 / 5 } else { 0 } }

    private func place(
        _ parts: [Part], in rect: Rect, length: Int, _ focus: PanelID, _ panels: inout [PanelID: Rect],
        _ slice: (Rect, _ start: Int, _ length: Int) -> Rect
    ) {
        var shown = parts.filter { !$0.isOptional || rect.width >= $0.content.leastWidth }
        let least = parts.first { $0.isRest }?.least ?? 0
        while shown.reduce(least, { $0 + $1.cells }) > length, let last = shown.lastIndex(where: { $0.isOptional }) {
            shown.remove(at: last)
        }
        let isFocusShown = shown.contains { $0.content.contains(focus) }
        let takesRest = !isFocusShown && parts.contains { $0.content.contains(focus) }
        let rest = max(0, length - shown.reduce(0) { $0 + $1.cells })
        var start = 0
        for part in shown {
            let size = part.isRest ? rest : min(part.cells, length - start)
            let content = part.isRest && takesRest ? .panel(focus) : part.content
            content.place(in: slice(rect, start, size), focus: focus, &panels)
            start += size
        }
    }

    private static func row(_ rect: Rect, start: Int, length: Int) -> Rect {
        Rect(row: rect.row + start, column: rect.column, height: length, width: rect.width)
    }

    private static func column(_ rect: Rect, start: Int, length: Int) -> Rect {
        Rect(row: rect.row, column: rect.column + start, height: rect.height, width: length)
    }
}

/// What a screen has for its panels.
struct Room: Sendable {
    let height: Int
    let width: Int

    /// Columns of the settings and metrics at the right.
    var sideWidth: Int { width >= 160 ? 40 : width >= 76 ? 31 : 28 }
    /// Columns of the list of tensors; from this width on it is there without the focus.
    var hasList: Bool { width >= 92 }
    var listWidth: Int { width >= 160 ? 40 : hasList ? 26 : 27 }
    /// In a low window the list of settings scrolls, so that what is below it has some rows.
    var recipeHeight: Int { height >= 30 ? Setting.allCases.count + 4 : Setting.allCases.count }
}

extension Arrangement {
    /// Two panels, one above the other; in a low window the one that has the focus, or the upper one.
    static func stacked(_ upper: Arrangement, over lower: Arrangement, height: Int) -> Arrangement {
        .rows([.rest(least: 8, upper), .optional(height, lower)])
    }

    /// The list of tensors at the left, where it has room or the focus; the recipe at the right, over something else.
    static func besideRecipe(_ main: Arrangement, below: [Part], _ state: ExplorerState, _ room: Room) -> Arrangement {
        let list: [Part] =
            room.hasList || state.focus == .tensors ? [.optional(listWidth(state, room), .panel(.tensors))] : []
        return .columns(list + [.rest(least: 22, main), recipeColumn(over: below, room)])
    }

    /// In a wide window as much as the longest name and a shape need.
    private static func listWidth(_ state: ExplorerState, _ room: Room) -> Int {
        room.width < 160 ? room.listWidth : max(30, min(room.width * 3 / 10, state.longestName + 12))
    }

    /// The recipe over something else, or alone.
    static func recipeColumn(over below: [Part], _ room: Room) -> Part {
        let recipe: Part =
            below.isEmpty ? .rest(.panel(.recipe)) : .fixed(room.recipeHeight, .panel(.recipe))
        return .fixed(room.sideWidth, .rows([recipe] + below))
    }
}
