import Basics
import Tensors

/// Formats that code values together.
struct JointState: EvaluationState {
    let evaluator: Evaluator
    let coder: any JointCoder

    private var tensor: TensorView { evaluator.tensor }
    private var layout: RangeLayout { evaluator.layout }

    private struct PartResult {
        var sums = ErrorSums()
        var worstRange = 0
        var worstError = -1.0
    }

    func result(_ context: WorkContext) throws(Cancelled) -> Evaluator.RawResult {
        let coder = coder
        let pass = JointPass(tensor, coder), layout = layout, codeTotal = coder.codeCount
        let counts = PerWorker(context.threads) { Slots<UInt64>(codeTotal, repeating: 0) }
        // Parts are added in the order of the tensor, so that a result does not depend on threads.
        let parts = Slots<PartResult>(pass.partCount, repeating: PartResult())
        let hasRanges = layout.rangeCount > 1, areVectors = coder.valuesPerCode > 1
        try pass.forEachPart(context) { index, part, worker in
            var result = parts[index], at = 0
            let count = part.elements.count, values = part.values, back = part.output.reconstruction
            while at < count {
                // A range is one run of a part, but for the only one.
                let end = hasRanges ? min(at + layout.pieceLength, count) : count
                let limits = coder.quantizer(ofValuesAt: at, in: part.output).clipLimits
                let before = result.sums.squaredError
                for i in at..<end where values[i].isFinite {
                    let value = values[i]
                    result.sums.add(value, back[i], isClipped: value < limits.low || value > limits.high)
                }
                let error = result.sums.squaredError - before
                if hasRanges, error > result.worstError * (1 + 1e-9) {
                    result.worstError = error
                    result.worstRange = layout.range(ofElement: part.elements.lowerBound + at)
                }
                at = end
            }
            parts[index] = result
            let tally = counts[worker].base, codes = part.output.codes
            for i in 0..<part.codeCount {
                // What only fills a row up is stored; what is not finite has no code of its own.
                if areVectors || i < count && values[i].isFinite { tally[Int(codes[i])] += 1 }
            }
        }
        var result = Evaluator.RawResult(codeCounts: [UInt64](repeating: 0, count: codeTotal))
        var worstError = -1.0
        for part in parts.all {
            result.sums.merge(part.sums)
            if part.worstError > worstError * (1 + 1e-9) {
                (result.worstRange, worstError) = (part.worstRange, part.worstError)
            }
        }
        for table in counts.all {
            for (code, count) in table.all.enumerated() { result.codeCounts[code] += count }
        }
        pass.forEachUnit(from: 0) { part in
            for at in stride(from: 0, to: part.elements.count, by: layout.pieceLength)
            where result.quantizers.count < min(Evaluation.keptQuantizers, layout.rangeCount) {
                result.quantizers.append(coder.quantizer(ofValuesAt: at, in: part.output))
            }
            return result.quantizers.count < min(Evaluation.keptQuantizers, layout.rangeCount)
        }
        return result
    }

    func quantizer(ofRange range: Int, _ context: WorkContext) -> Quantizer {
        let element = firstElement(ofRange: range)
        var quantizer: Quantizer?
        JointPass(tensor, coder).forEachUnit(from: element) { part in
            quantizer = coder.quantizer(ofValuesAt: element - part.elements.lowerBound, in: part.output)
            return false
        }
        guard let quantizer else { preconditionFailure("a tensor with a range has elements") }
        return quantizer
    }

    private func firstElement(ofRange range: Int) -> Int {
        let runs = layout.runs(ofRange: range)
        return runs.run(inRow: runs.rows.lowerBound).lowerBound
    }

    func head(_ count: Int, _ context: WorkContext) -> [Float] {
        var result: [Float] = []
        guard count > 0 else { return [] }
        JointPass(tensor, coder).forEachUnit(from: 0) { part in
            for i in 0..<part.elements.count {
                result.append(part.values[i].isFinite ? part.output.reconstruction[i] : .nan)
            }
            return result.count < count
        }
        return Array(result.prefix(count))
    }

    /// What one range becomes, seen closely.
    private final class Look {
        let original: HistogramWorker, reconstruction: HistogramWorker, errors: HistogramWorker
        var codeCounts: [UInt64]
        var squaredError = 0.0
        private let quantizer: Quantizer
        private let valuesPerCode: Int

        init(_ binning: Binning, _ errors: Binning, _ quantizer: Quantizer, valuesPerCode: Int) {
            original = HistogramWorker(binning)
            reconstruction = HistogramWorker(binning)
            self.errors = HistogramWorker(errors.scaled(by: quantizer.step))
            codeCounts = [UInt64](repeating: 0, count: quantizer.levelCount)
            self.quantizer = quantizer
            self.valuesPerCode = valuesPerCode
        }

        func add(_ part: JointPart, _ range: Range<Int>) {
            for i in range where part.values[i].isFinite {
                let value = part.values[i], back = part.output.reconstruction[i]
                original.add(Double(value))
                reconstruction.add(Double(back))
                let e = Double(back - value)
                errors.add(e)
                squaredError += e * e
                if valuesPerCode == 1 { codeCounts[quantizer.place(ofStored: Int(part.output.codes[i]))] += 1 }
            }
            guard valuesPerCode > 1 else { return }
            for i in 0..<part.codeCount { codeCounts[Int(part.output.codes[i])] += 1 }
        }
    }

    func detail(
        ofRange range: Int, _ binning: Binning, coverage: RangeDetail.Coverage, errorBins: Int, _ context: WorkContext
    ) throws(Cancelled) -> RangeDetail {
        let quantizer = quantizer(ofRange: range, context), pass = JointPass(tensor, coder)
        let errorBinning = Binning.linear(low: -RangeDetail.errorSpan, high: RangeDetail.errorSpan, bins: errorBins)
        let isOnly = layout.rangeCount == 1
        let looks = PerWorker(isOnly ? context.threads : 1) {
            Look(binning, errorBinning, quantizer, valuesPerCode: coder.valuesPerCode)
        }
        if isOnly {
            try pass.forEachPart(context.silent) { _, part, worker in looks[worker].add(part, 0..<part.elements.count) }
        } else {
            let first = firstElement(ofRange: range), count = layout.runs(ofRange: range).count
            pass.forEachUnit(from: first) { part in
                let start = first - part.elements.lowerBound
                looks[0].add(part, start..<start + count)
                return false
            }
        }
        var original = Histogram(binning), reconstruction = Histogram(binning), errors = Histogram(errorBinning)
        var counts = [UInt64](repeating: 0, count: quantizer.levelCount), squares = 0.0
        for look in looks.all {
            original.merge(look.original.finished())
            reconstruction.merge(look.reconstruction.finished())
            errors.merge(look.errors.finished().between(errorBinning))
            for (code, count) in look.codeCounts.enumerated() { counts[code] += count }
            squares += look.squaredError
        }
        if coverage != .range, !isOnly {
            original = try Histogram.of(tensor, binning: binning, context: context.silent)
            reconstruction = try evaluator.reconstructionHistogram(binning, context)
        }
        return RangeDetail(
            range: range, rangeCount: layout.rangeCount, count: layout.runs(ofRange: range).count,
            quantizer: quantizer, codeCounts: counts, squaredError: squares, original: original,
            reconstruction: reconstruction, errors: errors, coverage: isOnly || coverage == .range ? .range : .values,
            isExact: true)
    }
}
