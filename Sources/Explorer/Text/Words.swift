import Quantization

/// The program's words in one place, so that another language is another table.
enum Words {
    static let program = "qlens"
    static let tensors = "Tensors"
    static let distribution = "Distribution"
    static let recipe = "Recipe"
    static let error = "Error"
    static let help = "Help"
    static let exact = "exact"
    static let estimate = "estimate"
    static let working = "working"
    static let waiting = "waiting"
    static let failed = "not applicable"
    static let filterPrompt = "filter: "
    static let noMatch = "no tensor matches"
    static let noFinite = "no element is finite: nothing to quantize"
    static let emptyTensor = "an empty tensor: nothing to quantize"
    static let logCounts = "log counts"
    static let linearCounts = "linear counts"
    static let onlyOneRange = "one range for the whole tensor: nothing to step through"
    static let notYet = "still working; try again in a moment"
    static let onlyOneFamily = "int is the only family so far; b changes its bits"
    static let manualNeedsRange = "the limits are not known yet; try again in a moment"
    static let hints = "? help  / filter  Tab focus  z zoom  q quit"
    static let filterHints = "type to filter  ↑ ↓ choose  Enter keep  Esc clear"
    static let helpHints = "j k scroll  q or Esc close"

    static func tooSmall(rows: Int, columns: Int, neededRows: Int, neededColumns: Int) -> String {
        "needs \(neededColumns)x\(neededRows), has \(columns)x\(rows)"
    }

    /// What a setting is, in the survey's terms.
    static func explanation(of setting: Setting) -> String {
        switch setting {
        case .format: "what numbers a code can mean"
        case .bits: "b bits give 2^b codes; each one more is about 6 dB"
        case .mapping: "sym: z = 0; symfull: one code more; asym: the range may lie off zero"
        case .granularity: "what shares a scale (survey III-E)"
        case .clipping: "how the range is chosen (survey III-C)"
        case .rounding: "how r/S becomes a whole number"
        case .scale: "the type in which scales are stored"
        }
    }
}
