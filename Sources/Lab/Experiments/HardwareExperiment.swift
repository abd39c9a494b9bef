import Allocation
import Basics
import Hardware
import Integers
import Quantization
import TensorFiles
import Tensors

/// Measured latency of every layer on this machine beside a model of it, and bits by what machines are fast at (survey IV-C).
struct HardwareExperiment: Experiment {
    let name = "hardware"
    let usualSeconds = 13
    let summary = "latency of every layer on this machine, measured and predicted, and bits that fit three machines"
    let section = "IV-C"
    let claim =
        "fewer bits are faster only where the machine waits for what they save: bytes where memory is the bound, multiplications where it has narrow ones"
    let settings: [LabSetting] = [
        LabSetting(
            "width", "the layers are those of a network so many times as wide as the trained one", .integer(1...32),
            "16",
            usual: ["1", "4", "8", "16", "32"]),
        LabSetting(
            "batch", "samples that go through a layer together on this machine", .integer(1...1_024), "64",
            usual: ["1", "16", "64", "256"]),
        LabSetting(
            "profiles", "machines that bits are chosen for: \(Self.profiles.joined(separator: ","))",
            .list(Self.profiles), "here,a100,mcu",
            usual: ["here,a100,mcu", Self.profiles.joined(separator: ",")]),
        LabSetting(
            "budget", "the latency to keep to, from 0 for the least that any bits have to 1 for the most",
            .number(0...1), "0.25", usual: ["0", "0.25", "0.5", "0.75", "1"]),
        LabSetting(
            "table", "the latencies: those that were kept where they are of this processor, or measured anew",
            .choice(["kept", "measured"]), "kept"),
    ]

    /// This machine, and those that the program knows.
    private static let profiles = ["here"] + HardwareCatalog.all.map { $0.name }
    /// Bits that weights may have; 16 stand for the float that a machine multiplies.
    private static let bits = [2, 4, 8, 16]
    /// Operations of a layer from which on it is large: what starts a product takes no time beside it.
    private static let large = 2e8
    /// Numbers of a side of a product, of which there are several forms at once.
    private static let most = 50_000_000

    func finding(_ report: LabReport) -> String? {
        guard let float = report[.float] else { return nil }
        let chosen = report.results.compactMap { result -> String? in
            guard result.measure.name.hasSuffix("_bits"), case .parts(let parts) = result.value else { return nil }
            // Means of several seeds need not be whole.
            let bits = parts.map { NumberText.significant($0.value, digits: 2) }.joined(separator: "-")
            return "\(result.measure.name.dropLast(5)) takes \(bits)"
        }
        let prediction =
            report[.predictionOff].map {
                "of the large layers the prediction is within \(LabText.percent($0)) of what was measured"
            } ?? "no layer is large enough for the prediction"
        return prediction + "; bits layer by layer: "
            + LabText.list(chosen) + ", from a float network with \(LabText.percent(float))"
    }

    func perform(_ run: LabRun) throws(LabFailure) {
        let base = try run.trainFloat(until: 0.45)
        run.found(.float, base.accuracy)
        run.stage("latencies", until: 0.8)
        if let obstacle = ByteProduct.obstacle { run.remark(obstacle) }
        let products = products(base, run)
        if let large = products.first(where: { $0.rows * max($0.inner, $0.columns) > Self.most }) {
            throw .usage(
                "--batch: found \(large.rows) × \(max(large.inner, large.columns)) numbers in \(large.layer), expected \(Self.most / 1_000_000) million at most: a smaller --batch or --width"
            )
        }
        let table = try latencies(products, run)
        run.stage("choosing bits", until: 1)
        try choose(table, base, run)
        report(table, run)
    }

    // MARK: Latencies

    /// The products of the layers of a wider network, by its outputs' shapes.
    private func products(_ base: FloatBase, _ run: LabRun) -> [LatencyTable.Product] {
        var random = RandomSource(seed: run.settings.seed, stream: "wide")
        let wide = base.model.network(
            inputShape: base.network.inputShape, classes: base.data.classes, scale: run.settings.integer("width"),
            random: &random)
        let batch = run.settings.integer("batch")
        var products: [LatencyTable.Product] = []
        let one = base.data.test.prefix(1)
        run.tape.withoutGradients {
            let x = run.tape.constant(one.inputs, [1] + one.shape)
            _ = wide.logits(
                x, on: run.tape,
                Network.Pass(output: { layer, y in
                    products.append(
                        LatencyTable.Product(
                            layer: layer.name, rows: batch * y.width / layer.outputs, columns: layer.outputs,
                            inner: layer.rowLength))
                }))
        }
        return products
    }

    private func latencies(_ products: [LatencyTable.Product], _ run: LabRun) throws(LabFailure) -> LatencyTable {
        if run.settings["table"] == "kept", let folder = run.folder, let kept = LatencyTable.kept(in: folder, products)
        {
            run.remark("latencies measured on \(kept.processor) on \(kept.date); --table measured measures anew")
            return kept
        }
        let table = try LatencyTable.measure(products, run: run)
        run.remark("latencies measured on \(table.processor) on \(table.date)")
        if let folder = run.folder {
            do throws(FileError) { try table.keep(in: folder) } catch { run.remark("not kept: \(error)") }
        }
        return table
    }

    /// Seconds of a product as the roofline model has them.
    private func predicted(
        _ product: LatencyTable.Product, _ profile: HardwareProfile, bits: Int, rows: Int
    ) -> LayerTime {
        // As many weights as a layer has, which its shape was made of.
        guard let shape = Shape([product.columns, product.inner]) else { preconditionFailure("a layer has a shape") }
        // No name that the model would take for a table.
        return profile.withBatch(rows).time(
            "layer", shape, storedBits: Double(product.columns * product.inner * bits), weightBits: bits)
    }

    private func report(_ table: LatencyTable, _ run: LabRun) {
        var latencies = LabTable(
            "Measured µs", columns: ["layer", "M op"] + ProductKind.allCases.map { $0.rawValue },
            note:
                "Products of \(run.settings["batch"]) samples on one thread; w4a8: weights of 4 bits by inputs of 8. \(table.processor), \(table.date)"
        )
        var predictions = LabTable(
            "Predicted, % off", columns: ["layer", "size", "bound"] + ProductKind.allCases.map { $0.rawValue },
            note:
                "The roofline model of this machine: \(NumberText.significant(table.bandwidth / 1e9, digits: 3)) GB/s, "
                + table.peaks.sorted { $0.key > $1.key }.map {
                    "\(NumberText.significant($0.value / 1e9, digits: 3)) G/s \($0.key)"
                }.joined(separator: ", ") + "; small layers wait for what it leaves out"
        )
        var worst: Double?
        for entry in table.entries {
            latencies.rows.append(
                [.text(entry.product.layer), .number(entry.product.operations / 1e6, digits: 3)]
                    + ProductKind.allCases.map { .number((entry.seconds[$0.rawValue] ?? 0) * 1e6, digits: 3) })
            let isLarge = entry.product.operations >= Self.large
            var row: [LabTable.Cell] = [], bound = LayerTime.Side.memory
            for kind in ProductKind.allCases {
                let time = predicted(
                    entry.product, table.profile(kind), bits: kind.weightBits, rows: entry.product.rows)
                if kind == .float { bound = time.side }
                let off = time.total / max(entry.seconds[kind.rawValue] ?? 0, 1e-12) - 1
                if isLarge { worst = max(worst ?? 0, abs(off)) }
                row.append(.number(off * 100, digits: 2))
            }
            predictions.rows.append(
                [.text(entry.product.layer), .text(isLarge ? "large" : "small"), .text(bound.rawValue)] + row)
        }
        run.show(latencies)
        run.show(predictions)
        if let worst { run.found(.predictionOff, worst) }
    }

    // MARK: Bits

    /// A layer at a number of bits on a machine.
    private struct Option {
        let bits: Int
        let seconds: Double
        let bound: String
        /// What the model predicts where `seconds` were measured.
        let predicted: Double
    }

    private func options(_ entry: LatencyTable.Entry, _ name: String, _ table: LatencyTable) -> [Option] {
        let product = entry.product
        guard let profile = HardwareCatalog.profile(named: name) else {
            // This machine: what was measured. Nothing is faster with two bits than with four, which it unpacks likewise.
            return [(2, ProductKind.nibbles), (4, .nibbles), (8, .bytes), (16, .float)].map { bits, kind in
                let time = predicted(product, table.profile(kind), bits: kind.weightBits, rows: product.rows)
                return Option(
                    bits: bits, seconds: entry.seconds[kind.rawValue] ?? 0, bound: Self.bound(time),
                    predicted: time.total)
            }
        }
        // Samples as the profile has them, each with all positions of its layer.
        let positions = max(1, product.rows / max(1, table.samples))
        return Self.bits.map { bits in
            let time = predicted(product, profile, bits: bits, rows: positions * profile.batch)
            return Option(bits: bits, seconds: time.total, bound: Self.bound(time), predicted: time.total)
        }
    }

    private static func bound(_ time: LayerTime) -> String {
        time.unpacking > max(time.memory, time.arithmetic) ? "unpacking" : time.side.rawValue
    }

    private func choose(_ table: LatencyTable, _ base: FloatBase, _ run: LabRun) throws(LabFailure) {
        let float = base.network.folded(), samples = base.data.training.prefix(256)
        let choices = try BitChoices(float, .constant("int8 sym channel:0"), bits: Self.bits, context: run.context)
        let errors = try LayerSensitivity.outputDivergence.costs(choices, of: float, on: samples, run)
        var summary = LabTable(
            "Bits by machine", columns: ["machine", "layer", "bits", "µs", "bound", "8 bits µs"],
            note:
                "The least divergence of the outputs within \(run.settings["budget"]) of the way from the fastest bits to the slowest; bound: what the layer waits for"
        )
        for name in run.settings.list("profiles") {
            let options = table.entries.map { self.options($0, name, table) }
            let fastest = options.reduce(0) { $0 + ($1.map { $0.seconds }.min() ?? 0) }
            let slowest = options.reduce(0) { $0 + ($1.map { $0.seconds }.max() ?? 0) }
            let budget = fastest + run.settings.number("budget") * (slowest - fastest)
            // Whole picoseconds; rounding up by one a layer must not make the fastest too slow.
            let groups = zip(options, errors).map { options, errors in
                zip(options, errors).map {
                    ChoiceOption(cost: Int(($0.seconds * 1e12).rounded()), error: $1.isFinite ? max(0, $1) : 1e300)
                }
            }
            let places: [Int]
            do throws(BudgetTooSmall) {
                places = try ChoiceSolver(groups).solve(
                    budget: Int((budget * 1e12).rounded(.up)) + options.count
                ).places
            } catch { throw .usage("--budget: found less than the fastest bits take, expected more") }
            let chosen = zip(options, places).map { $0[$1] }
            let network = float.copy()
            choices.apply(places, to: network)
            run.found(.accuracy(name), try run.accuracy(network, on: base.data.test))
            run.found(
                .bits(name),
                zip(table.entries, chosen).map { LabResult.Part(name: $0.product.layer, value: Double($1.bits)) })
            let isHere = name == "here"
            run.found(
                .microseconds(name, "predicted", isHere: isHere), chosen.reduce(0) { $0 + $1.predicted } * 1e6)
            if isHere {
                run.found(.microseconds(name, "measured", isHere: true), chosen.reduce(0) { $0 + $1.seconds } * 1e6)
            }
            for ((entry, option), all) in zip(zip(table.entries, chosen), options) {
                summary.rows.append([
                    .text(name), .text(entry.product.layer), .integer(option.bits),
                    .number(option.seconds * 1e6, digits: 3), .text(option.bound),
                    .number((all.first { $0.bits == 8 }?.seconds ?? 0) * 1e6, digits: 3),
                ])
            }
            run.show(summary)
        }
    }
}

extension LatencyTable {
    /// Samples that went through together: the least rows of all layers, as the last one sees a sample as a row.
    fileprivate var samples: Int { entries.map { $0.product.rows }.min() ?? 1 }
}

extension LabMeasure {
    /// The largest relative difference of prediction and measurement among large layers.
    fileprivate static let predictionOff = speed("large_layers_prediction_off")

    /// By layer. Of this machine they follow from what was measured.
    fileprivate static func bits(_ profile: String) -> LabMeasure {
        profile == "here" ? speed("here_bits") : number("\(profile)_bits")
    }

    fileprivate static func microseconds(_ profile: String, _ what: String, isHere: Bool) -> LabMeasure {
        isHere ? speed("here_\(what)_us") : number("\(profile)_\(what)_us")
    }
}
