import Basics
import Checkpoints
import Quantization
import Tensors

/// The Channels, Compare and Model screens.
extension Words {
    package static let sectionScreens = "Screens"
    package static let keyPause = "Model and Compare: stop going through the file, go on; Lab: run, pause, go on"
    package static let keyRemove = "Model: keep the tensor as it is; Compare: unpin the recipe"
    static let numbersNeedScan = "numbers in the filter need results of this recipe: the Model screen (5) makes them"
    static func notOnThisScreen(_ others: [String]) -> String {
        "not on this screen; works on \(others.joined(separator: ", "))"
    }
    static let worstFirstAlways = "pairs are always sorted worst first"
    static let nothingToRemove = "nothing here to take away"
    static let noRowChosen = "the open tensor has no row here: j and k choose one"
    static let nothingToPause = "no other file to go through: :compare FILE"
    static let walkPaused = "stopped; Space goes on"
    static let walkGoesOn = "going on"

    // Channels
    static let oneKindOfStrip = "a vector has no channels: strips are its ranges"
    static let onePairOfAxes = "two axes, both shown"
    static func stripsAre(_ kind: StripKind) -> String {
        switch kind {
        case .ranges: "a strip for each range of the recipe"
        case .channels(let axis): "a strip for each channel of axis \(axis)"
        }
    }
    static func stripTitle(_ kind: StripKind, _ count: Int) -> String {
        let number = NumberText.grouped(count), ending = count == 1 ? "" : "s"
        return switch kind {
        case .ranges: "\(number) range\(ending)"
        case .channels(let axis): "\(number) channel\(ending) of axis \(axis)"
        }
    }
    static func orderName(_ order: StripProfiles.Order) -> String {
        switch order {
        case .number: "in order"
        case .range: "largest |r| first"
        case .error: "largest part of the error first"
        case .outlier: "highest outlier score first"
        case .dead: "most unused levels first"
        }
    }
    static func stripsSorted(by order: StripProfiles.Order) -> String { "strips: \(orderName(order)); x goes on" }
    static let tooManyStrips =
        "more than \(NumberText.grouped(StripProfiles.mostStrips)) ranges: a goes on to channels, s to coarser ranges"
    static let stripHeads = (
        range: ["brighter: more values; clip limits ┊", "brighter: more values", "values"], sqnr: "SQNR dB",
        share: "error %", outlier: "outlier",
        dead: "unused"
    )
    static func named(_ kind: StripKind, _ number: Int, _ state: ExplorerState) -> String {
        switch kind {
        case .ranges: rangeName(number, state.recipe, state.tensor.shape)
        case .channels(let axis): channel(number, of: axis, state.tensor.shape)
        }
    }
    static func finding(_ finding: StripFinding, _ kind: StripKind, culprit: String?, _ state: ExplorerState) -> String
    {
        switch finding {
        case .zero: "dead, all elements are zero"
        case .constant: "all elements are equal"
        case .notFinite: "no element is finite"
        case .lost: "lost, all its elements become one level"
        case .victim(let number, let bits):
            "victim, loses \(NumberText.fixed(bits, places: 1)) bits to \(named(kind, number, state))"
                + (culprit.map { ", whose largest |r| is \($0)" } ?? "")
        case .ownOutlier(let bits):
            "its own outliers cost the rest \(NumberText.fixed(bits, places: 1)) bits"
        }
    }
    static func stripSummary(_ name: String, count: String, mean: String, deviation: String) -> String {
        "\(name)n \(count)  mean \(mean)  σ \(deviation)"
    }
    /// Of the least value, the percentiles and the largest one: parts, of which the last is the first to go.
    static func stripRange(_ values: [String], clip: (String, String)) -> [String] {
        [
            "min \(values[0])  max \(values[4])", "clip \(clip.0)…\(clip.1)",
            "1 % \(values[1])  median \(values[2])  99 % \(values[3])",
        ]
    }
    /// The same in a word for narrow panels.
    static func findingsShort(_ count: Int) -> String { count > 0 ? "  ! \(count) notable" : "" }
    static func findingsCount(victims: Int, dead: Int, outliers: Int) -> String {
        let parts = [
            victims > 0 ? "\(victims) outlier \(victims == 1 ? "victim" : "victims")" : nil,
            dead > 0 ? "\(dead) dead" : nil,
            outliers > 0 ? "\(outliers) with outliers of \(outliers == 1 ? "its" : "their") own" : nil,
        ].compactMap { $0 }
        return parts.isEmpty ? "" : "  ! " + parts.joined(separator: ", ")
    }
    static func layerName(_ layer: HeatMap.Layer) -> String {
        switch layer {
        case .original: "original r"
        case .reconstruction: "dequantized r̂"
        case .error: "error e"
        }
    }
    static func measureName(_ measure: HeatMap.Measure) -> String {
        measure == .rootMeanSquare ? "RMS" : "max | |"
    }
    static func axes(_ row: Int, _ column: Int, isVector: Bool) -> String {
        isVector ? "elements →" : "axis \(row) ↓  axis \(column) →"
    }
    static func cell(_ rows: Range<Int>, _ columns: Range<Int>, isVector: Bool) -> String {
        func span(_ range: Range<Int>) -> String {
            range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)…\(range.upperBound - 1)"
        }
        return isVector ? "[\(span(columns))]" : "[\(span(rows)), \(span(columns))]"
    }
    static func cellValues(_ r: String, _ back: String, _ error: String) -> String {
        "|r| \(r)  |r̂| \(back)  |e| \(error)"
    }
    static func elementValues(_ r: String, _ back: String, _ error: String) -> String {
        "r \(r)  r̂ \(back)  e \(error)"
    }
    static let noCloserPicture = "no closer: these are four rows and four columns"
    static let wholePicture = "the whole tensor is in the picture"

    // Compare
    static let now = "now"
    static func pinned(_ number: Int) -> String { "pin \(number)" }
    static let notPinned = "this recipe is not pinned"
    static let alreadyInUse = "this recipe is in use"
    static func pinRemoved(_ recipe: String) -> String { "no longer compared: \(recipe)" }
    static let noPins = "p pins the present recipe; change it and pin again: up to four are compared side by side here"
    static let noOtherFile =
        ":compare FILE lays another file beside this one, tensor by tensor; :diagnose FILE says what went wrong in an export"
    static func comparing(_ path: String, pairs: Int) -> String {
        "comparing with \(path): \(pairs) \(pairs == 1 ? "pair" : "pairs")"
    }
    static func otherTitle(_ path: String, known: Int, of all: Int) -> String {
        "Against \(path)" + (known < all ? " ── \(known)/\(all)" : " ── \(all) pairs")
    }
    static func onlyIn(_ a: Int, _ b: Int, ambiguous: Int) -> String {
        [
            a > 0 ? "\(a) only in the open file" : nil, b > 0 ? "\(b) only in the other" : nil,
            ambiguous > 0 ? "\(ambiguous) that could be several" : nil,
        ].compactMap { $0 }.joined(separator: ", ")
    }
    static let pairHeads = ["tensor", "type there", "SQNR", "MSE", "max |e|", "note"]
    static func mismatched(_ count: Int) -> String { "\(count) not finite on one side" }
    static let helpCompare = "lay another file beside this one, tensor by tensor, the worst first"

    static let helpDiagnose = "what went wrong in an export of this file: usual causes, and what correcting each leaves"
    static func noDiagnosis(hasOther: Bool) -> String {
        hasOther
            ? ":diagnose looks for what went wrong in the other file's tensors"
            : ":diagnose FILE looks for what went wrong in an export of this file"
    }
    static let noPairHere = "the open tensor has no pair in the other file"
    static let findingHeads = ["cause", "removes %", "SQNR after", "by what that shows"]
    static func diagnosed(known: Int, of all: Int, broken: Int) -> String {
        known < all ? "\(known)/\(all)" : "\(broken) of \(all) not sound"
    }
    static func verdict(_ verdict: Diagnosis.Verdict) -> String {
        if case .cause(let finding) = verdict { finding.cause } else { verdict.kind }
    }
    static let nothingToCorrect = "no cause to correct here"
    static func corrected(_ cause: String) -> String { "\(cause) corrected" }
    static func correctedIn(_ count: Int, _ cause: String) -> String {
        "\(cause) is taken as corrected in \(count) \(count == 1 ? "tensor" : "tensors"); Enter again takes it back"
    }
    static func removesTooLittle(_ cause: String, _ percent: String) -> String {
        "correcting \(cause) removes \(percent) % of the error here: causes that remove half of it can be taken as corrected"
    }
    static func cannotBeCorrected(_ cause: String) -> String { "\(cause): what is lost cannot be corrected" }
    static func notCorrected(_ cause: String) -> String { "\(cause) is corrected no longer" }
    static func noCorrection(_ cause: String) -> String {
        "what correcting \(cause) leaves is known by its error alone for a tensor so large"
    }
    static let noTwoDistributions =
        "two distributions on one axis: p pins a recipe to compare with the next one, A marks a tensor to compare with another, :compare FILE opens another file"
    static let markedIsOpen = "the open tensor is A: n and N go to others, which are laid under it"
    static let onlyOneSubject = "there is nothing else to lay over each other: p pins a recipe, A marks a tensor"
    static func twoDistributionsTitle(_ kind: String) -> String { "A over B, \(kind)" }
    static let twoRecipes = "two recipes"
    static let twoTensors = "two tensors"
    static let twoFiles = "two files"
    static func overlap(_ percent: String) -> String {
        "overlap \(percent) % in \(TwoDistributions.overlapBins) bins"
    }
    static func sharesHere(_ low: String, _ high: String, a: String, b: String) -> String {
        "r \(low)…\(high): A \(a) %, B \(b) %"
    }
    static func marked(_ name: String) -> String {
        "\(name) is A: Compare (4) lays the next tensors under it; A on it again lets it go"
    }
    static let unmarked = "no tensor is A now"

    // Model
    static func patterns(include: Int, exclude: Int) -> String {
        include + exclude == 0 ? "every weight" : "\(include) included, \(exclude) excluded by pattern"
    }
    static func pinCount(_ count: Int) -> String { "\(count) \(count == 1 ? "pin" : "pins")" }
    static func columnTitle(_ column: RankColumn, isBesidePinned: Bool = false) -> String {
        switch column {
        case .value(.name): "weight"
        case .value(.elements): "shape"
        case .value(.metric(.sqnr)): isBesidePinned ? "B dB" : MetricCatalog[.sqnr].head
        case .value(.metric(let id)): MetricCatalog[id].head
        case .pinned: "A dB"
        case .difference: "B−A"
        }
    }
    static let notKnownYet = "…"
    static func signed(_ decibels: Double) -> String {
        guard decibels.isFinite else { return decibels < 0 ? "−∞" : "+∞" }
        let text = NumberText.fixed(decibels, places: 2)
        return decibels > 0 && !text.allSatisfy { $0 == "0" || $0 == "." } ? "+" + text : text
    }
    static let pinnedRecipe = "A pinned"
    static let presentRecipe = "B now"
    static let losses = "B is worse on"
    static func lossCount(_ count: Int, of all: Int) -> String {
        "\(NumberText.grouped(count)) of \(NumberText.grouped(all))"
    }
    static func change(_ before: String, _ now: String) -> String { "\(before) → \(now)" }
    static func pinnedPending(_ count: Int) -> String { "\(NumberText.grouped(count)) of A left" }
    static func noLoss(isComplete: Bool) -> String {
        isComplete
            ? "no weight here is worse than under the pinned recipe"
            : "none so far is worse than under the pinned recipe"
    }
    static func rankingTitle(known: Int, of all: Int, shown: Int, order: String) -> String {
        (known < all ? "Weights \(known)/\(all)" : "Weights \(all)") + (shown < known ? ", \(shown) shown" : "")
            + " ── \(order)"
    }
    static func sorted(by column: RankColumn, isReversed: Bool) -> String {
        switch column {
        case .value(.name): isReversed ? "by name, the last first" : "by name"
        case .value(.elements): isReversed ? "the smallest first" : "the largest first"
        case .difference: isReversed ? "where B gains most first" : "where B loses most first"
        default: "\(isReversed ? "best" : "worst") \(columnTitle(column)) first"
        }
    }
    static func walkState(share: Int, left: String?) -> String {
        "\(share) %" + (left.map { ", \($0) left" } ?? "")
    }
    static func seconds(_ seconds: Double) -> String {
        seconds < 90 ? "\(Int(seconds.rounded(.up))) s" : "\(Int((seconds / 60).rounded(.up))) min"
    }
    static let paused = "stopped (Space)"
    static let complete = "complete"
    static let noWeights = "no tensor of real numbers with two axes or more under these patterns"
    static let totalQuantized = "weights"
    static let totalElements = "elements"
    static let totalBytes = "bytes"
    static let totalBits = "bits/weight"
    static let totalSQNR = "SQNR"
    static let totalMSE = "MSE"
    static let totalNotFinite = "NaN or ∞"
    static func notFinite(_ count: Int, tensors: Int) -> String {
        "\(NumberText.grouped(count)) in \(tensors) \(tensors == 1 ? "tensor" : "tensors")"
    }
    static let totalKept = "unquantized"
    static let totalKeptBytes = "unquantized bytes"
    static let totalRatio = "all smaller by"
    static let totalState = "scan"
    static let included = "include"
    static let excluded = "exclude"
    static func moreReasons(_ count: Int, _ reason: String) -> String { "\(count) · \(reason)" }
    static func tensorKept(_ name: String) -> String {
        "left unquantized: \(name); u undoes it, :include without a pattern takes all again"
    }
    static let helpInclude = "scan names of a pattern alone (* ? [a-z]); without one all, and nothing is excluded"
    static let helpExclude = "keep names of a pattern as they are"
    static let helpRank = "sort the Model screen"
}
