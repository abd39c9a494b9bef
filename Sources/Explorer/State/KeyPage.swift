/// The page that help begins with: the keys of the present screen, and what is looked for among all.
public struct KeyPage: Sendable {
    /// What is looked for; nil while the screen's own keys are shown.
    public var search: LineEditor?
    var scroll = 0
}
