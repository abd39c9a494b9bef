import Quantization

extension PanelID {
    public static let format = PanelID("format")
}

/// What is particular to the recipe's format, a page for each side of it.
public struct FormatPanel: Panel {
    let id = PanelID.format
    var title: String { Words.format }
    var plainly: String { Words.formatPlainly }
    var explanation: String { Words.formatExplanation }
    var hints: [String] { Words.formatPanelHints }

    func content(_ state: ExplorerState) -> FormatModel { FormatModel(state) }

    public static let labelWidth = 8

    /// Rows of words above the picture.
    public static func wordRows(in area: Rect) -> Int { area.height >= 11 ? 3 : area.height >= 7 ? 2 : 1 }

    /// Rows of the picture where it is shown.
    static func pictureRows(_ state: ExplorerState) -> Int {
        guard let area = state.layout[.format]?.inner else { return 1 }
        return max(1, area.height - wordRows(in: area))
    }

    func questions(_ state: ExplorerState, in rect: Rect) -> [any Question] {
        [FormatStudyQuestion(columns: max(8, min(160, rect.inner.width - Self.labelWidth)))]
    }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] {
        state.moveOnFormat(motion)
        return []
    }

    func enter(_ state: inout ExplorerState) -> [Request] { move(.right, &state) }

    func details(_ state: ExplorerState) -> [(heading: String, text: String)] {
        let pages = FormatModel.pages(state), page = pages[min(state.formatPage, pages.count - 1)]
        let format = state.recipe.format, family = FormatCatalog.family(of: format)
        return [
            (Words.title(of: page), Words.explanation(of: page)),
            (format.name, "\(family.summary). \(Words.source(family.source))"),
        ]
    }

    func now(_ state: ExplorerState) -> [String] { FormatModel(state).summary }
}

extension Words {
    static let format = "Format"
    static let formatPlainly =
        "What this format does that others do not."
    static let formatExplanation =
        "What is particular to the format, a page for each side of it: h and l step through the pages, j and k move a list, , and . step through ranges or blocks."
    package static let formatPanelHints = [
        "h l pages", "j k move the list", ", . range or block", "z zoom", "i explain",
    ]
}
