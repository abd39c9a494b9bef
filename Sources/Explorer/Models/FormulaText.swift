import Basics
import Quantization

/// The quantizer's formulas with today's numbers in them.
enum FormulaText {
    /// Parts from the most to the least wanted, for as many as a line holds.
    static func lines(_ state: ExplorerState) -> [String] {
        guard let detail = state.detail else { return [] }
        let quantizer = detail.quantizer
        let mark = detail.isExact ? "" : "≈ "
        guard case .affine(let quantizer) = quantizer else { return parts(detail, state) }
        var parts = [mark + scale(quantizer, state.recipe)]
        if let example = state.cursorValue {
            let code = quantizer.code(of: example, rounding: state.recipe.rounding, index: 0)
            let r = NumberText.significant(Double(example))
            let inner = "\(name(of: state.recipe.rounding))(\(r)/S)" + zero(quantizer)
            let q = quantizer.isClipped(example) ? "q = clamp(\(inner)) = \(code)" : "q = \(inner) = \(code)"
            let back = "r̂ = S·\(code - quantizer.zeroPoint) = "
            parts.append(q)
            parts.append(back + NumberText.significant(Double(quantizer.reconstruction(of: code))))
        }
        parts.append("(z = \(quantizer.zeroPoint), survey Z = \(-quantizer.zeroPoint))")
        return parts
    }

    /// The same of levels that are not equally spaced.
    private static func parts(_ detail: RangeDetail, _ state: ExplorerState) -> [String] {
        let quantizer = detail.quantizer, format = state.recipe.format
        let mark = detail.isExact ? "" : "≈ ", scale = NumberText.significant(Double(quantizer.scale))
        let formula = format.formula
        var parts: [String]
        switch quantizer {
        case .affine, .vector: parts = [mark + formula]
        case .ternary(let ternary):
            parts = [
                mark + formula, "Δ = \(NumberText.significant(Double(ternary.threshold)))", "α = \(scale)",
            ]
        case .run(let run):
            parts = [mark + formula, "S = \(NumberText.significant(Double(run.scale)))"]
            if format.traits.hasOffset {
                parts.append("m = \(NumberText.significant(Double(run.offset)))")
            }
        case .book:
            let limit = NumberText.significant(Double(quantizer.range.high))
            let hasScale = formula.hasPrefix("S") || formula.hasPrefix("α")
            let stored = state.recipe.scaleType == .float32 ? "" : " as \(state.recipe.scaleType.rawValue)"
            parts = [mark + formula + stored + (hasScale ? " = \(scale)" : "")]
            if formula.hasPrefix("S"), formula != "S = t" || !stored.isEmpty { parts.append("t = \(limit)") }
        }
        guard quantizer.isScalar, let example = state.cursorValue else { return parts }
        let code = quantizer.code(of: example, rounding: .even, index: 0)
        let r = NumberText.significant(Double(example))
        let back = NumberText.significant(Double(quantizer.reconstruction(of: code)))
        parts.append("q(\(r)) = \(quantizer.text(ofCode: code, in: format))")
        if case .book(let book) = quantizer, book.scale != 1 {
            let level = NumberText.significant(Double(book.book.levels[code]))
            parts.append("r̂ = S·\(level) = \(back)")
        } else if case .run(let run) = quantizer {
            let offset = NumberText.significant(Double(run.offset))
            let sum = run.offset == 0 ? "" : offset.hasPrefix("-") ? " − \(offset.dropFirst())" : " + \(offset)"
            let level = run.storedLevel(ofCode: code)
            parts.append("r̂ = S·\(level < 0 ? "(\(level))" : "\(level)")\(sum) = \(back)")
        } else {
            parts.append("r̂ = \(back)")
        }
        return parts
    }

    private static func scale(_ quantizer: AffineQuantizer, _ recipe: Recipe) -> String {
        let bits = recipe.format.bits, range = quantizer.range
        let low = NumberText.significant(Double(range.low)), high = NumberText.significant(Double(range.high))
        let result = NumberText.significant(Double(quantizer.scale))
        let stored = recipe.scaleType == .float32 ? "" : " as \(recipe.scaleType.rawValue)"
        if range.low == range.high { return Words.zeroRange }
        if let convention = recipe.convention {
            let rule = Words.scaleRule(of: convention, recipe.mapping, bits: bits)
            let limits = recipe.mapping == .asymmetric || convention == .torchao ? "lo \(low), hi \(high)" : "t \(high)"
            return "S = \(rule) = \(result)\(stored), \(limits)"
        }
        switch recipe.mapping {
        case .symmetric:
            return "S = t/(2^\(bits - 1)−1) = \(high)/\(quantizer.highestCode) = \(result)\(stored)"
        case .symmetricFull:
            return "S = 2t/(2^\(bits)−1) = 2·\(high)/\((1 << bits) - 1) = \(result)\(stored)"
        case .asymmetric:
            return
                "S = (hi−lo)/(2^\(bits)−1) = (\(high) \(low.hasPrefix("-") ? "+ \(low.dropFirst())" : "− \(low)"))/\(quantizer.highestCode) = \(result)\(stored)"
        }
    }

    private static func zero(_ quantizer: AffineQuantizer) -> String {
        quantizer.zeroPoint == 0 ? "" : " + \(quantizer.zeroPoint)"
    }

    private static func name(of rounding: Rounding) -> String {
        switch rounding {
        case .even, .away, .up: "round"
        case .down: "floor"
        case .zero: "trunc"
        case .stochastic: "stochastic"
        }
    }
}
