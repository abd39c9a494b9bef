/// All screens, in the order of their keys.
public enum ScreenCatalog {
    static let all: [any Screen] = [
        TensorScreen(),
        ChannelsScreen(),
        SweepScreen(),
        CompareScreen(),
        ModelScreen(),
        LabScreen(),
        PlanScreen(),
    ]

    public static var ids: [ScreenID] { all.map { $0.id } }

    private static let byID = Dictionary(all.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })

    /// - Precondition: the screen is in the catalogue.
    static subscript(id: ScreenID) -> any Screen {
        guard let screen = byID[id] else { preconditionFailure("no screen \(id.number) in the catalogue") }
        return screen
    }

    /// What an action means on single screens, as the help says it.
    package static func meanings(of action: Action) -> [String] {
        guard let kind = ScreenAction(action) else { return [] }
        return all.compactMap { screen in screen.meanings[kind].map { "\(screen.title): \($0)" } }
    }

    /// What screens remember.
    static var memories: [any ScreenMemory.Type] { all.compactMap { $0.memory } }

    /// The screens that take an action, as the user knows them.
    static func names(taking action: ScreenAction) -> [String] {
        all.filter { $0.actions[action] != nil }.map { "\($0.id.number) \($0.title)" }
    }
}

extension ScreenID {
    public var title: String { ScreenCatalog[self].title }
    public var panels: [PanelID] { ScreenCatalog[self].panels + guests }
    /// Panels that come to the screen by themselves.
    var guests: [PanelID] { PanelCatalog.all.filter { $0.guestOf == self }.map { $0.id } }
    package var help: String { ScreenCatalog[self].help }
}

extension PanelID {
    /// The first screen that has the panel.
    public var screen: ScreenID { ScreenCatalog.ids.first { $0.panels.contains(self) } ?? .tensor }
}
