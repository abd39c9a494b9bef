import Basics
import Quantization

/// The program's words in one place, so that another language is another table: titles and messages here, longer texts in
/// the files beside.
package enum Words {
    static let program = "qlens"
    // Titles
    static let help = "Help"
    static let log = "Log"
    static let files = "Open"
    /// Where metrics are compared with a baseline, from the longest on.
    static let pinTitles = [
        "Quality vs pin ▲ better ▼ worse", "Quality vs pin ▲better ▼worse", "vs pin ▲better ▼worse",
    ]
    // States
    static let exact = "exact"
    static let estimate = "estimate"
    static let working = "working"
    static let stopped = "stopped"
    static let failed = "no result"
    static let filterPrompt = "filter: "
    static let logCounts = "log counts"
    static let linearCounts = "linear counts"
    static let logAxis = "log |r|"
    static let zoomedAxis = "zoomed"
    static let lockedAxis = "axis locked"
    static func axisLocked(_ low: String, _ high: String) -> String {
        "the axis stays from \(low) to \(high) for other tensors and recipes; L lets it go"
    }
    static let axisUnlocked = "the axis follows the tensor again"
    static let allElements = "all elements, grid of"
    static func allInUnits(_ count: Int) -> String {
        "all elements in units of their scale, r/S, \(NumberText.grouped(count)) ranges"
    }
    static let allInUnitsShort = "all elements, r/S"
    static func coverage(_ coverage: RangeDetail.Coverage) -> String {
        switch coverage {
        case .units: "all elements, each in units of its own range's scale; , and . look at one range"
        case .range: "one range, the one with the largest share of the error first; , and . step"
        case .values: "all elements as they are, over the grid of one range"
        }
    }
    static let helpPicture = "save what is on the screen, or the panel with the focus, as a picture"
    static let squaredErrorStrip = "e²"
    static func beyondPlot(_ count: String) -> String { "\(count) beyond the plot" }
    static let none = "–"
    static let zeroRange = "S = 1, the range is zero"
    static let wholeTensor = "tensor:"
    static let inThisRange = " in this range"
    static let readAsFloat = "read as Float32"
    static let nothingSaid = "nothing was said so far"
    static let recent = "recent"
    static let readingFolder = "reading the folder"
    static let emptyFolder = "no folder and no file that can be opened"
    // Refusals
    static let noMatch = "no tensor matches"
    static let noChoice = "nothing matches the filter"
    static let noFinite = "no element is finite: nothing to quantize"
    static func fault(_ found: String, expected: String) -> String { "found \(found), expected \(expected)" }
    static let emptyTensor = "an empty tensor: nothing to quantize"
    static let onlyOneRange = "one range for the whole tensor: nothing to step through"
    static let notYet = "still working; try again in a moment"
    static let nothingToUndo = "nothing to undo"
    static let nothingToRedo = "nothing to redo"
    static let wholeAxisShown = "the whole axis is shown; + or k zooms in"
    static let noFinerAxis = "as fine as the numbers are"
    static let limitAtEnd = "the limit cannot go there: an asymmetric range holds zero"
    static let noNarrowerClip = "the limits would meet: the range cannot get narrower"
    static let pasteIgnored = "pasted text is taken after : and / only"
    static let closeFirst = "Esc or q closes this first"
    static let nothingToComplete = "nothing to complete here"
    // Notes
    static let logAxisShown = "axis of |r| in equal ratios; V goes back"
    static let linearAxisShown = "linear axis"
    static let mouseOn = "the mouse is qlens's; ^T gives it back to the terminal"
    static let mouseOff = "the mouse is the terminal's own; ^T takes it back"
    static let stoppedByUser = "stopped; any change begins anew"
    static let unpinned = "no baseline any more"
    static let aNumber = "a number"
    static let twoNumbers = "two numbers, the lower first, above zero on a log axis"
    // The last line
    static let samplesFolder = "qlens-samples"
    static let hints = [
        "? help", "i explain", "Enter choose", "q quit", ": command", "/ filter", "Tab panel", "z zoom", "p pin",
        "u undo", "y copy", "o open",
    ]
    static let essentials = ["? help", "q quit", ": command", "/ filter"]
    static let fewEssentials = ["q quit", "? help"]
    static func hidden(_ panels: String) -> String { "Tab and z show \(panels)" }
    static let filterHints = ["type to filter", "↑ ↓ choose", "Enter keep", "Esc clear"]
    static func keysOf(_ screen: String) -> String { "Help ── \(screen)" }
    static let moreKeys = "/ searches all keys and commands; ? shows them all; i explains what has the focus"
    static let keyPageHints = ["/ search", "? all keys", "q or Esc close"]
    static let keySearchHints = ["type to search", "Esc back"]
    static let noKey = "no key and no command says that"
    static let pageHints = ["j k scroll", "q or Esc close"]
    static let pickerHints = [
        "type to filter", "↑ ↓ choose", "Enter take or go to its number", "Esc back", "Tab number",
    ]
    static let fieldHints = ["type the number", "Enter take", "Tab next field", "↑ ↓ back to the list"]
    static func moreOffered(_ count: Int) -> String { " \(count) more " }
    static let promptHints = ["Tab complete", "↑ ↓ history", "Enter do", "Esc cancel"]
    static let fileHints = ["type to filter", "↑ ↓ choose", "Enter open", "Esc close", "Backspace up"]

    static func tooSmall(rows: Int, columns: Int, neededRows: Int, neededColumns: Int) -> String {
        "needs \(neededColumns)x\(neededRows), has \(columns)x\(rows)"
    }
    static func progress(_ progress: Progress) -> String {
        let left = progress.secondsLeft.map { ", \(NumberText.short(max(1, $0.rounded()))) s left" }
        return " \(Int(progress.share * 100)) %" + (left ?? "")
    }
    static func pinned(_ recipe: String) -> String { "pinned: \(recipe); p again on it unpins" }
    static func undone(to recipe: String) -> String { "undone: \(recipe)" }
    static func redone(to recipe: String) -> String { "redone: \(recipe)" }
    static func copied(_ text: String) -> String { "sent to the terminal's clipboard: \(text)" }
    static func saved(_ path: String) -> String { "saved: \(path)" }
    static func opening(_ path: String) -> String { "opening \(path)" }
    static func opened(_ path: String, count: Int, withoutValues: Int, warnings: Int) -> String {
        let log = warnings == 0 ? "" : ", \(warnings) \(warnings == 1 ? "warning" : "warnings") in :log"
        let without = withoutValues == 0 ? "" : ", \(withoutValues) without values"
        return "opened \(path): \(count) \(count == 1 ? "tensor" : "tensors")\(without)\(log)"
    }
    static func firstOf(_ count: Int, matching text: String) -> String {
        "the first of \(count) names with \(text); / lists them"
    }
    static func noSuchTensor(_ name: String) -> String { "found no tensor \(name) any more, expected one as saved" }
    static func keyDoesNothing(_ key: String) -> String { "\(key) does nothing here; ? shows the keys" }
    static func onlyValue(of setting: Setting) -> String {
        "\(name(of: setting)) has one usual value here; Enter on its row opens the catalogue"
    }
    static func sorted(by order: ListOrder) -> String {
        switch order {
        case .name: "tensors by name"
        case .outlier: "tensors by outlier score, the worst first; x goes back to names"
        case .size: "tensors by size, the largest first"
        }
    }
    static func manualIsForAll(_ count: Int) -> String {
        "the same limits now hold for all \(NumberText.grouped(count)) ranges"
    }
    static func found(_ found: String, expected: String) -> String {
        found.isEmpty ? "found nothing, expected \(expected)" : "found \"\(found)\", expected \(expected)"
    }
    static func orCommand(_ names: String) -> String { "; or a command such as \(names)" }
    static func nothingAfter(_ name: String) -> String { "nothing after \(name)" }
    static func largestBin(_ count: String) -> String { "largest bin \(count)" }
    static func beyond(_ count: String) -> String { "\(count) beyond" }
    static func levelsUsed(_ used: Int, of all: Int) -> String { "\(used) of \(all) levels used" }
    static func clip(_ low: String, _ high: String) -> String { "clip \(low)…\(high)" }
    static func limitMoved(isHigh: Bool, _ value: String) -> String {
        "\(isHigh ? "upper" : "lower") clip limit at the cursor: \(value); u undoes"
    }
    static func cursor(_ r: String, code: String, back: String, error: String) -> String {
        "cursor r \(r) → q \(code) → r̂ \(back)  e \(error)"
    }
    static func more(_ count: Int) -> String { "(+\(count) more: i)" }
    static func scored(_ known: Int, of all: Int) -> String { "\(known)/\(all)" }
    static func value(_ text: String) -> String { "→ \(text)" }

    static func help(ofConfiguration name: String) -> String {
        switch name {
        case "theme": Appearance.ThemeName.allCases.map { $0.rawValue }.joined(separator: ", ")
        case "glyphs": Appearance.GlyphLevel.allCases.map { $0.rawValue }.joined(separator: ", ")
        case "mouse": "on, off"
        case "motion": "on, off: numbers that changed are bright for a moment"
        case "recipe": "the recipe to begin with"
        default: "values that the keys step through, blanks between them"
        }
    }
}
