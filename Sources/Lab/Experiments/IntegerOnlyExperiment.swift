import Basics
import Integers
import Quantization

/// A network that computes in whole numbers alone, from the codes of samples to logits (survey IV-A).
struct IntegerOnlyExperiment: Experiment {
    let name = "integer-only"
    let usualSeconds = 7
    let summary = "a network in whole numbers alone, from codes to logits: sums, multipliers b/2^c, shifts"
    let section = "IV-A"
    let claim =
        "simulated quantization still multiplies in float; whole numbers alone give the same classes, faster, where multipliers have enough bits: bare shifts do not"
    let settings: [LabSetting] = [
        .weights("int8 sym channel:0"), .activations("int8 asym tensor"), .calibration,
    ]

    /// Bits of multipliers that are tried; one is a bare shift.
    private static let multiplierBits = [1, 2, 3, 4, 6, 8, 16, 31]

    func finding(_ report: LabReport) -> String? {
        guard let simulated = report[.simulated], let integer = report[.integer], let shifts = report[.bareShifts],
            let difference = report[.logitDifference], let speed = report[.speedup], let speed2 = report[.speedup2]
        else { return nil }
        return
            "simulated \(LabText.percent(simulated)), whole numbers alone \(LabText.percent(integer)) with logits at most \(LabText.number(difference)) apart, with bare shifts \(LabText.percent(shifts)); \(LabText.number(speed)) times as fast as float32 on one thread, \(LabText.number(speed2)) on two"
    }

    func perform(_ run: LabRun) throws(LabFailure) {
        guard let weights = run.settings.recipe("weights"), let activations = run.settings.recipe("activations") else {
            throw .usage("integer-only: found float weights or activations, expected recipes of both")
        }
        let base = try run.trainFloat(until: 0.6)
        run.found(.float, base.accuracy)
        let float = base.network.folded()
        let samples = base.data.training.prefix(run.settings.integer("calibration"))
        let outputs = LayerRecorder()
        let records = try run.records(of: float, samples, .init(output: { outputs.add($0, $1) }))
        let quantized = try QuantizedNetwork(
            float, weights: weights, activations: activations, records: records, context: run.context)
        run.show(quantized, "simulated", of: base)
        run.stage("in whole numbers", until: 0.75)
        let test = base.data.test
        let simulated = try quantized.network.logits(of: test, on: run.tape, quantized.pass(on: run.tape)) {
            () throws(LabFailure) in try run.pass()
        }
        run.found(.simulated, test.accuracy(of: simulated, classes: base.data.classes))
        func compile(bits: Int = 31) throws(LabFailure) -> CompiledNetwork {
            try IntegerCompiler.compile(
                quantized, of: float, weightRecipe: weights, outputs: outputs.records, multiplierBits: bits)
        }
        let compiled = try compile()
        let logits = try IntegerRunner(compiled, context: run.context).logits(of: test)
        run.found(.integer, test.accuracy(of: logits, classes: base.data.classes))
        let differences = zip(logits, simulated).map { abs(compiled.logitScale * Double($0) - Double($1)) }
        run.found(.logitDifference, differences.max() ?? 0)
        run.found(.largestLogit, simulated.reduce(0) { max($0, Double(abs($1))) })
        for bits in Self.multiplierBits {
            let some = try IntegerRunner(try compile(bits: bits), context: run.context).logits(of: test)
            let right = test.accuracy(of: some, classes: base.data.classes)
            run.point("integer", .bits, x: Double(bits), y: right)
            if bits == 1 { run.found(.bareShifts, right) }
            try run.pass()
        }
        try showSteps(compiled, float, test, run)
        run.stage("timing", until: 1)
        try time(float, compiled, test, run)
        if let obstacle = ByteProduct.obstacle { run.remark(obstacle) }
    }

    /// A table of every layer at work on a sample.
    private func showSteps(_ compiled: CompiledNetwork, _ float: Network, _ test: Samples, _ run: LabRun)
        throws(LabFailure)
    {
        let first = test.prefix(1), values = LayerRecorder()
        _ = try run.records(of: float, first, .init(output: { values.add($0, $1) }))
        var tables: [LabTable] = []
        _ = compiled.network.apply(IntegerRunner(compiled, context: run.context).codes(of: first)) { step, given, _ in
            guard let layer = step as? IntegerLayer,
                let form = compiled.outputs.first(where: { $0.layer == layer.name })?.form,
                let record = values.records.first(where: { $0.layer == layer.name })
            else { return }
            tables.append(IntegerTrace(layer, given, form, float: record).table)
        }
        for table in tables { run.show(table) }
    }

    private func time(_ float: Network, _ compiled: CompiledNetwork, _ test: Samples, _ run: LabRun) throws(LabFailure)
    {
        var table = LabTable(
            "Speed", columns: ["threads", "float32 ms", "integer ms", "times"],
            note:
                "All \(test.count) test samples, from pixels to logits: float32 by OpenBLAS, bytes by \(ByteProduct.best == .library ? "oneDNN with VNNI" : "plain loops")"
        )
        for threads in [1, 2] {
            let timing = try IntegerTiming(
                float, compiled, on: test, threads: threads, isInBackground: run.context.isInBackground
            ) { () throws(LabFailure) in try run.pass() }
            run.found(threads == 1 ? .speedup : .speedup2, timing.speed)
            table.rows.append([
                .integer(threads), .number(timing.float * 1e3, digits: 3), .number(timing.integer * 1e3, digits: 3),
                .number(timing.speed, digits: 3),
            ])
            run.show(table)
        }
    }
}

extension LabMeasure {
    fileprivate static let simulated = accuracy("simulated"), integer = accuracy("integer")
    /// Multipliers of one bit.
    fileprivate static let bareShifts = accuracy("bare_shifts")
    fileprivate static let logitDifference = number("max_logit_difference"), largestLogit = number("largest_logit")
    /// How many times faster than float32, on one thread and on two.
    fileprivate static let speedup = speed("speedup"), speedup2 = speed("speedup_two_threads")
}
