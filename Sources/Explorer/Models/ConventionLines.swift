import Basics
import Quantization

/// Two toolkits' rules side by side: what they say and what comes of it.
enum ConventionLines {
    static func lines(_ pair: ConventionPair, _ state: ExplorerState) -> [PageLine] {
        let all = ConventionPair.all, first = all[pair.first], second = all[pair.second]
        var lines: [PageLine] = [
            .columns([state.recipe.following(nil).description], isMarked: false),
            .columns(["", "A  " + name(first), "B  " + name(second)], isMarked: true),
        ]
        func row(_ label: String, _ a: String, _ b: String) {
            let differs = a != b
            lines.append(.columns([(differs ? "≠ " : "= ") + label, a, b], isMarked: differs))
        }
        let recipe = state.recipe, results = state.conventionResults
        let a = results.first { $0.convention == first }, b = results.first { $0.convention == second }
        func both(_ label: String, _ text: (Convention?) -> String) { row(label, text(first), text(second)) }
        both(Words.conventionScale) { Words.scaleRule(of: $0, recipe.mapping, bits: recipe.format.bits) }
        both(Words.conventionCodes) { convention in
            let codes = recipe.following(convention).codes
            return "\(codes.lowerBound)…\(codes.upperBound)"
        }
        both(Words.conventionTies) { Words.explanation(ofTies: $0?.rounding ?? recipe.following(nil).rounding) }
        both(Words.conventionQuotient) { $0?.divides == true ? "r/S" : "r·(1/S)" }
        both(Words.conventionZero) { Words.zeroRule(of: $0, recipe.mapping) }
        if recipe.clipping.name == "percentile" {
            both(Words.conventionPercentile) {
                $0?.cutsWholeTails == true ? Words.percentileBothEnds : Words.percentileUsual
            }
        }
        if recipe.clipping.name == "entropy" {
            both(Words.conventionEntropy) {
                $0?.joinsBinsByLowerEdges == true ? Words.entropyByEdges : Words.entropyByCentres
            }
        }
        lines.append(.blank)
        func value(_ result: ConventionResult?, _ convention: Convention?, _ text: (ConventionResult) -> String?)
            -> String
        {
            if convention?.hasAsymmetric == false, recipe.mapping == .asymmetric { return Words.noAsymmetric }
            guard let result else { return state.isIdle ? Words.none : Words.working }
            return text(result) ?? Words.none
        }
        func result(_ label: String, _ text: @escaping (ConventionResult) -> String?) {
            row(label, value(a, first, text), value(b, second, text))
        }
        result("S") { NumberText.significant(Double($0.quantizer.scale), digits: 7) }
        result("z") { String($0.quantizer.zeroPoint) }
        result(Words.conventionLimits) {
            "\(NumberText.significant(Double($0.quantizer.range.low)))…\(NumberText.significant(Double($0.quantizer.range.high)))"
        }
        result("SQNR") { decibels($0) }
        result("MSE") { NumberText.significant($0.evaluation.metrics.mse, digits: 6) }
        result("max |e|") { NumberText.significant($0.evaluation.metrics.maxAbsError) }
        result(MetricCatalog[.clippedFraction].label) {
            NumberText.significant($0.evaluation.metrics.clippedFraction * 100, digits: 3) + " %"
        }
        lines += [.blank, .heading(Words.allConventions)]
        for (position, convention) in all.enumerated() {
            let known = results.first { $0.convention == convention }
            let sign = (position == pair.first ? "A" : " ") + (position == pair.second ? "B" : " ")
            lines.append(
                .columns(
                    [
                        sign + " " + name(convention),
                        value(known, convention) {
                            "S " + NumberText.significant(Double($0.quantizer.scale), digits: 7)
                        },
                        value(known, convention) { decibels($0) },
                    ], isMarked: position == pair.first || position == pair.second))
        }
        return lines
    }

    private static func name(_ convention: Convention?) -> String { convention?.rawValue ?? Words.program }

    private static func decibels(_ result: ConventionResult) -> String {
        result.evaluation.metrics.sqnr.map { NumberText.fixed($0, places: 3) + " dB" } ?? Words.exact
    }
}
