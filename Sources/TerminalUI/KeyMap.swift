public import Explorer

/// A line of the dispatch table, which is also the line of help.
public struct KeyBinding: Sendable {
    public let section: String
    public let keys: [Key]
    public let help: String
    public let action: Action
}

/// Turns keys into actions by one table.
public struct KeyMap: Sendable {
    /// The first key of `gg` was pressed.
    private var isAfterG = false

    public init() {}

    public static let bindings: [KeyBinding] = settings + views + moving + general

    private static let settings: [KeyBinding] = Setting.allCases.flatMap { setting in
        [
            KeyBinding(
                section: "Settings", keys: [.character(setting.letter)], help: "next \(setting.name)",
                action: .settingStepped(setting, forward: true)),
            KeyBinding(
                section: "Settings", keys: [.character(Character(setting.letter.uppercased()))],
                help: "\(setting.name) back", action: .settingStepped(setting, forward: false)),
        ]
    }

    private static let views: [KeyBinding] = [
        KeyBinding(
            section: "Views", keys: [.character(".")], help: "next range", action: .rangeStepped(forward: true)),
        KeyBinding(
            section: "Views", keys: [.character(",")], help: "range before", action: .rangeStepped(forward: false)),
        KeyBinding(
            section: "Views", keys: [.character("a")], help: "histogram of one range or of all elements",
            action: .coverageSwitched),
        KeyBinding(
            section: "Views", keys: [.character("v")], help: "counts on a logarithmic or linear scale",
            action: .countScaleSwitched),
        KeyBinding(
            section: "Views", keys: [.character("z")], help: "focused panel in the whole window", action: .zoomSwitched),
    ]

    private static let moving: [KeyBinding] = [
        KeyBinding(section: "Moving", keys: [.character("j"), .down], help: "down", action: .moved(.down)),
        KeyBinding(section: "Moving", keys: [.character("k"), .up], help: "up", action: .moved(.up)),
        KeyBinding(
            section: "Moving", keys: [.character("h"), .left], help: "left: setting back, range before",
            action: .moved(.left)),
        KeyBinding(
            section: "Moving", keys: [.character("l"), .right], help: "right: next setting value, next range",
            action: .moved(.right)),
        KeyBinding(
            section: "Moving", keys: [.pageDown, .control("f")], help: "a page down", action: .moved(.pageDown)),
        KeyBinding(section: "Moving", keys: [.pageUp, .control("b")], help: "a page up", action: .moved(.pageUp)),
        KeyBinding(section: "Moving", keys: [.control("d")], help: "half a page down", action: .moved(.halfPageDown)),
        KeyBinding(section: "Moving", keys: [.control("u")], help: "half a page up", action: .moved(.halfPageUp)),
        KeyBinding(section: "Moving", keys: [.home], help: "first (also gg)", action: .moved(.first)),
        KeyBinding(section: "Moving", keys: [.character("G"), .end], help: "last", action: .moved(.last)),
        KeyBinding(section: "Moving", keys: [.tab], help: "next panel", action: .focusMoved(forward: true)),
        KeyBinding(section: "Moving", keys: [.backTab], help: "panel before", action: .focusMoved(forward: false)),
    ]

    private static let general: [KeyBinding] = [
        KeyBinding(
            section: "General", keys: [.character("/")], help: "filter the tensors as you type", action: .filterOpened),
        KeyBinding(
            section: "General", keys: [.character("n")], help: "next tensor that matches",
            action: .matchStepped(forward: true)),
        KeyBinding(
            section: "General", keys: [.character("N")], help: "matching tensor before",
            action: .matchStepped(forward: false)),
        KeyBinding(
            section: "General", keys: [.enter], help: "use the selected row, or its next value", action: .entered),
        KeyBinding(
            section: "General", keys: [.escape], help: "close help, clear the filter, end zoom", action: .escaped),
        KeyBinding(section: "General", keys: [.character("?")], help: "this help", action: .helpSwitched),
        KeyBinding(
            section: "General", keys: [.character("q")], help: "close help or zoom, else quit", action: .quitPressed),
    ]

    private static let table: [Key: Action] = Dictionary(
        bindings.flatMap { binding in binding.keys.map { ($0, binding.action) } },
        uniquingKeysWith: { first, _ in first })

    /// The action of a key; nil where the key only begins a sequence.
    public mutating func action(for key: Key, in state: ExplorerState) -> Action? {
        if state.isFiltering {
            switch key {
            case .escape: return .escaped
            case .enter: return .entered
            case .backspace, .delete: return .filterErased
            case .up, .control("p"): return .moved(.up)
            case .down, .control("n"): return .moved(.down)
            case .pageUp: return .moved(.pageUp)
            case .pageDown: return .moved(.pageDown)
            case .character(let character): return .filterTyped(character)
            default: return .unknownKey(key.name)
            }
        }
        if key == .character("g") {
            isAfterG.toggle()
            return isAfterG ? nil : .moved(.first)
        }
        isAfterG = false
        return Self.table[key] ?? .unknownKey(key.name)
    }
}
