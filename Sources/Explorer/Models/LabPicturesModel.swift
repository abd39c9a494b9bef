import Lab

/// Images that a run takes or makes, of one kind at a time.
public struct LabPicturesModel: Sendable {
    public let title: String
    public let columns: Int
    public let rows: Int
    /// Each row after row from the top, from 0 for the darkest to 1.
    public let images: [[Double]]
    public let notice: Notice?

    /// The present run has some.
    public static func areKnown(_ state: ExplorerState) -> Bool { !(state.lab.report?.pictures.isEmpty ?? true) }

    init(_ state: ExplorerState) {
        let kinds = state.lab.report?.pictures ?? []
        guard let place = state.lab.shownPictures else {
            (title, columns, rows, images) = (Words.labPictures, 0, 0, [])
            notice = .waiting(Words.labNoPictures)
            return
        }
        let shown = kinds[place]
        title = Words.labPictures + " \(shown.title) \(place + 1)/\(kinds.count)"
        (columns, rows, images, notice) = (shown.columns, shown.rows, shown.images, nil)
    }
}
