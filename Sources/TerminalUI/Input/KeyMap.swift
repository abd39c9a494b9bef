public import Explorer

/// A line of the dispatch table, which is also the line of help.
public struct KeyBinding: Sendable {
    public let section: String
    public let keys: [Key]
    public let help: String
    public let action: Action

    init(_ section: String, _ keys: [Key], _ help: String, _ action: Action) {
        self.section = section
        self.keys = keys
        self.help = ([help] + ScreenCatalog.meanings(of: action)).joined(separator: "; ")
        self.action = action
    }
}

/// Turns keys into actions by one table.
public struct KeyMap: Sendable {
    /// The first key of `gg` was pressed.
    private var isAfterG = false

    public init() {}

    public static let bindings: [KeyBinding] = general + screens + settings + recipe + views + plots + moving

    private static let screens: [KeyBinding] =
        ScreenCatalog.ids.map { screen in
            KeyBinding(
                Words.sectionScreens, [.character(Character("\(screen.number)"))], screen.help,
                .screenChosen(screen))
        } + [
            KeyBinding(Words.sectionScreens, [.character(" ")], Words.keyPause, .walkPaused),
            KeyBinding(Words.sectionScreens, [.backspace, .delete], Words.keyRemove, .removed),
        ]

    private static let settings: [KeyBinding] = Setting.allCases.flatMap { setting in
        [
            KeyBinding(
                Words.sectionSettings, [.character(setting.letter)], Words.step(setting),
                .settingStepped(setting, forward: true)),
            KeyBinding(
                Words.sectionSettings, [.character(Character(setting.letter.uppercased()))], Words.step(setting),
                .settingStepped(setting, forward: false)),
        ]
    }

    private static let recipe: [KeyBinding] = [
        KeyBinding(Words.sectionRecipe, [.character("u")], Words.keyUndo, .undone),
        KeyBinding(Words.sectionRecipe, [.control("r")], Words.keyRedo, .redone),
        KeyBinding(Words.sectionRecipe, [.character("p")], Words.keyPin, .pinSwitched),
        KeyBinding(Words.sectionRecipe, [.character("y")], Words.keyCopyRecipe, .recipeCopied),
        KeyBinding(Words.sectionRecipe, [.character("Y")], Words.keyCopyCommand, .commandCopied),
    ]

    private static let views: [KeyBinding] = [
        KeyBinding(Words.sectionViews, [.character(".")], Words.keyNextRange, .rangeStepped(forward: true)),
        KeyBinding(Words.sectionViews, [.character(",")], Words.keyRangeBefore, .rangeStepped(forward: false)),
        KeyBinding(Words.sectionViews, [.character("a")], Words.keyCoverage, .coverageSwitched),
        KeyBinding(Words.sectionViews, [.character("A")], Words.keyMark, .tensorMarked),
        KeyBinding(Words.sectionViews, [.character("v")], Words.keyCounts, .countScaleSwitched),
        KeyBinding(Words.sectionViews, [.character("V")], Words.keyAxis, .axisScaleSwitched),
        KeyBinding(Words.sectionViews, [.character("z")], Words.keyZoom, .zoomSwitched),
        KeyBinding(Words.sectionViews, [.character("x")], Words.keyOrder, .orderSwitched),
        KeyBinding(Words.sectionViews, [.character("d")], Words.keyStored, .storedShown),
        KeyBinding(Words.sectionViews, [.character("D")], Words.keyFile, .fileShown),
    ]

    private static let plots: [KeyBinding] = [
        KeyBinding(
            Words.sectionPlots, [.character("+"), .character("=")], Words.keyZoomIn,
            .axisZoomed(inward: true, around: nil)),
        KeyBinding(
            Words.sectionPlots, [.character("-")], Words.keyZoomOut, .axisZoomed(inward: false, around: nil)),
        KeyBinding(Words.sectionPlots, [.character("0")], Words.keyWholeAxis, .axisShown),
        KeyBinding(Words.sectionPlots, [.character("L")], Words.keyLock, .axisLockSwitched),
        KeyBinding(Words.sectionPlots, [.character("[")], Words.keyHighLeft, .clipStepped(.high, right: false)),
        KeyBinding(Words.sectionPlots, [.character("]")], Words.keyHighRight, .clipStepped(.high, right: true)),
        KeyBinding(Words.sectionPlots, [.character("{")], Words.keyLowLeft, .clipStepped(.low, right: false)),
        KeyBinding(Words.sectionPlots, [.character("}")], Words.keyLowRight, .clipStepped(.low, right: true)),
    ]

    private static let moving: [KeyBinding] = [
        KeyBinding(Words.sectionMoving, [.character("j"), .down], Words.keyDown, .moved(.down)),
        KeyBinding(Words.sectionMoving, [.character("k"), .up], Words.keyUp, .moved(.up)),
        KeyBinding(Words.sectionMoving, [.character("h"), .left], Words.keyLeft, .moved(.left)),
        KeyBinding(Words.sectionMoving, [.character("l"), .right], Words.keyRight, .moved(.right)),
        KeyBinding(Words.sectionMoving, [.pageDown, .control("f")], Words.keyPageDown, .moved(.pageDown)),
        KeyBinding(Words.sectionMoving, [.pageUp, .control("b")], Words.keyPageUp, .moved(.pageUp)),
        KeyBinding(Words.sectionMoving, [.control("d")], Words.keyHalfDown, .moved(.halfPageDown)),
        KeyBinding(Words.sectionMoving, [.control("u")], Words.keyHalfUp, .moved(.halfPageUp)),
        KeyBinding(Words.sectionMoving, [.home], Words.keyFirst, .moved(.first)),
        KeyBinding(Words.sectionMoving, [.character("G"), .end], Words.keyLast, .moved(.last)),
        KeyBinding(Words.sectionMoving, [.tab], Words.keyNextPanel, .focusMoved(forward: true)),
        KeyBinding(Words.sectionMoving, [.backTab], Words.keyPanelBefore, .focusMoved(forward: false)),
    ]

    private static let general: [KeyBinding] = [
        KeyBinding(Words.sectionGeneral, [.character("?")], Words.keyHelp, .helpSwitched),
        KeyBinding(Words.sectionGeneral, [.character("i")], Words.keyExplain, .explanationAsked),
        KeyBinding(Words.sectionGeneral, [.character(":")], Words.keyPrompt, .promptOpened),
        KeyBinding(Words.sectionGeneral, [.character("o")], Words.keyFiles, .filesOpened),
        KeyBinding(Words.sectionGeneral, [.character("/")], Words.keyFilter, .filterOpened),
        KeyBinding(Words.sectionGeneral, [.character("n")], Words.keyNextMatch, .matchStepped(forward: true)),
        KeyBinding(Words.sectionGeneral, [.character("N")], Words.keyMatchBefore, .matchStepped(forward: false)),
        KeyBinding(Words.sectionGeneral, [.enter], Words.keyEnter, .entered),
        KeyBinding(Words.sectionGeneral, [.escape], Words.keyEscape, .escaped),
        KeyBinding(Words.sectionGeneral, [.control("t")], Words.keyMouse, .mouseSwitched),
        KeyBinding(Words.sectionGeneral, [.character("q")], Words.keyQuit, .quitPressed),
    ]

    private static let table: [Key: Action] = Dictionary(
        bindings.flatMap { binding in binding.keys.map { ($0, binding.action) } },
        uniquingKeysWith: { first, _ in first })

    /// The action of a key; nil where the key only begins a sequence.
    public mutating func action(for key: Key, in state: ExplorerState) -> Action? {
        if state.isFiltering || state.overlay?.takesText == true {
            isAfterG = false
            return Self.textAction(for: key, hasList: !Self.isPrompt(state))
        }
        if key == .character("g") {
            isAfterG.toggle()
            return isAfterG ? nil : .moved(.first)
        }
        isAfterG = false
        return Self.table[key] ?? .unknownKey(key.name)
    }

    private static func isPrompt(_ state: ExplorerState) -> Bool {
        if case .prompt = state.overlay { true } else { false }
    }

    /// Where letters are text. Over a list the vertical keys go through it.
    private static func textAction(for key: Key, hasList: Bool) -> Action {
        switch key {
        case .escape: .escaped
        case .enter: .entered
        case .tab: .completed(forward: true)
        case .backTab: .completed(forward: false)
        case .backspace: .edited(.eraseBackward)
        case .delete: .edited(.eraseForward)
        case .up, .control("p"): .moved(.up)
        case .down, .control("n"): .moved(.down)
        case .pageUp: .moved(.pageUp)
        case .pageDown: .moved(.pageDown)
        case .control("d") where hasList: .moved(.halfPageDown)
        case .left, .control("b"): .edited(.left)
        case .right, .control("f"): .edited(.right)
        case .home where hasList: .moved(.first)
        case .end where hasList: .moved(.last)
        case .home, .control("a"): .edited(.start)
        case .end, .control("e"): .edited(.end)
        case .control("u"): .edited(.eraseToStart)
        case .control("k"): .edited(.eraseToEnd)
        case .control("w"): .edited(.eraseWord)
        case .control("t"): .mouseSwitched
        case .character(let character): .edited(.insert(String(character)))
        default: .unknownKey(key.name)
        }
    }
}
