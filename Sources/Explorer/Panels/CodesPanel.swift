extension PanelID {
    public static let codes = PanelID("codes")
}

/// How often each code occurs.
public struct CodesPanel: SmallHistogram {
    let id = PanelID.codes
    var title: String { Words.codes }
    var plainly: String { Words.codesPlainly }
    var explanation: String { Words.codesExplanation }

    func content(_ state: ExplorerState) -> Picture<BarsModel> {
        Picture(BarsModel.codes(state, columns: state.plotColumns), otherwise: state.waitingNotice)
    }

    public static func plot(in area: Rect) -> Rect { bars(in: area, columns: area.width) }
}

extension Words {
    static let codes = "Codes q"
    static let codesPlainly =
        "How often each code is used: a code that is never used is room paid for and left empty."
    static let codesExplanation =
        "How often each code occurs. Even use makes the entropy equal to the bits; a sharp peak leaves room for entropy coding or for a non-uniform format."
}
