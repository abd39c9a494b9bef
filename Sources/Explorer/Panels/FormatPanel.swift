import Quantization

extension PanelID {
    public static let format = PanelID("format")
}

/// What is particular to the recipe's format, a page for each side of it.
struct FormatPanel: Panel {
    let id = PanelID.format
    var title: String { Words.format }
    var explanation: String { Words.formatExplanation }
    var hints: [String] { Words.formatPanelHints }

    func content(_ state: ExplorerState) -> FormatModel { FormatModel(state) }

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
    static let formatExplanation =
        "What is particular to the format, a page for each side of it: h and l step through the pages, j and k move a list, , and . step through ranges or blocks."
    package static let formatPanelHints = [
        "h l pages", "j k move the list", ", . range or block", "z zoom", "i explain", "? help", "q quit",
    ]
}
