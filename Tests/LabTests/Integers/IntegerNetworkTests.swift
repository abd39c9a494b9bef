import Basics
import CFloatFlags
import Foundation
import Integers
import Quantization
import Testing

@testable import Lab

/// Networks in whole numbers against simulated ones, and that they are of whole numbers.
struct IntegerNetworkTests {
    init() throws { try MatrixProduct.prepare() }

    private struct Case {
        let float: Network
        let quantized: QuantizedNetwork
        let compiled: CompiledNetwork
        let reference: RoundedReference
        let samples: Samples
        let run: LabRun
    }

    /// A network that has seen a few batches, so that its batch norms know something.
    private func make(
        _ model: any LabModel, weights: String = "int8 sym channel:0", activations: String = "int8 asym tensor",
        kernel: ByteProduct.Kernel = .plain,
        bits: Int = 31
    ) throws -> Case {
        var random = RandomSource(seed: 3)
        let data = try Glyphs.dataset(seed: 3, training: 192, test: 64)
        let samples = model.name == "mlp" ? Spirals.dataset(seed: 3).training.prefix(192) : data.training
        let network = model.network(
            inputShape: samples.shape, classes: model.name == "mlp" ? 3 : 10, scale: 1, random: &random)
        let run = LabRun("test", try LabSettings(BitsExperiment()), threads: 2)
        var plan = model.training
        plan.epochs = 3
        try Trainer(network, samples, plan, on: run.tape).run(&random)
        let float = network.folded(), outputs = LayerRecorder(), recipe = try Recipe(weights)
        let records = try run.records(of: float, samples, .init(output: { outputs.add($0, $1) }))
        let quantized = try QuantizedNetwork(
            float, weights: recipe, activations: try Recipe(activations), records: records, context: run.context)
        let compiled = try IntegerCompiler.compile(
            quantized, of: float, weightRecipe: recipe, outputs: outputs.records, kernel: kernel, multiplierBits: bits)
        let reference = try RoundedReference(quantized, of: float, weights: recipe, outputs: outputs.records)
        return Case(
            float: float, quantized: quantized, compiled: compiled, reference: reference, samples: samples.prefix(64),
            run: run)
    }

    private static let models: [any LabModel] = ModelCatalog.all

    /// How far logits are from the simulated network's at most, as a part of the largest of them.
    private func difference(_ known: Case) throws -> Double {
        let simulated = try known.quantized.network.logits(
            of: known.samples, on: known.run.tape, known.quantized.pass(on: known.run.tape))
        let logits = try IntegerRunner(known.compiled, context: known.run.context).logits(of: known.samples)
        #expect(logits.count == simulated.count)
        let largest = zip(logits, simulated).reduce(0.0) {
            max($0, abs(Double($1.0) * known.compiled.logitScale - Double($1.1)))
        }
        return largest / Double(simulated.reduce(Float(0)) { max($0, abs($1)) })
    }

    /// Logits stay within a few steps of the simulated network's.
    @Test(
        arguments: models.map { $0.name }, ["int8 sym channel:0", "int8 sym tensor", "int4 sym channel:0"])
    func equalsTheSimulatedNetwork(name: String, weights: String) throws {
        let difference = try difference(try make(try #require(ModelCatalog.model(name)), weights: weights))
        // A transformer's GELU and softmax are parabolas here.
        #expect(difference > 0 && difference < (name == "tinyformer" ? 0.06 : 0.02), "\(difference)")
    }

    /// Where nothing is approximated, so do inputs of four bits.
    @Test(arguments: ["glyphnet", "mlp"]) func fourBitInputsToo(name: String) throws {
        let difference = try difference(
            try make(try #require(ModelCatalog.model(name)), activations: "int4 asym tensor"))
        #expect(difference > 0 && difference < 0.02, "\(difference)")
    }

    /// Layer by layer the codes of the same arithmetic in float, but for those at the border of two.
    @Test(arguments: models.map { $0.name }, [8, 6, 4]) func equalsItsArithmeticInFloat(name: String, bits: Int) throws
    {
        let known = try make(try #require(ModelCatalog.model(name)), activations: "int\(bits) asym tensor")
        let given = LayerRecorder()
        var pass = known.quantized.pass(on: known.run.tape)
        let input = pass.input
        pass.input = { layer, x in
            let rounded = input(layer, x) ?? x
            given.add(layer, rounded)
            return rounded
        }
        let wanted = try known.reference.network.logits(of: known.samples, on: known.run.tape, pass)
        var layers = 0
        let codes = IntegerRunner(known.compiled, context: known.run.context).codes(of: known.samples)
        let logits = known.compiled.network.apply(codes) { step, x, _ in
            guard let layer = step as? IntegerLayer,
                let record = given.records.first(where: { $0.layer == layer.name }),
                case .fixed(let ranges, _)? = known.quantized.inputs[layer.name]?.ranges,
                case .affine(let own) = ranges.quantizers[0]
            else { return }
            layers += 1
            // Channels are last in whole numbers.
            let shape = record.shape, isImage = shape.count == 4, area = shape.dropFirst(2).reduce(1, *)
            func place(_ i: Int) -> Int {
                guard isImage else { return i }
                let channels = shape[1], (sample, rest) = i.quotientAndRemainder(dividingBy: channels * area)
                return (sample * area + rest % area) * channels + rest / area
            }
            let found = x.codes
            let off = record.values.indices.filter { i in
                Int((record.values[i] / own.scale).rounded()) + own.zeroPoint - own.lowestCode != Int(found[place(i)])
            }
            #expect(found.count == record.values.count)
            #expect(Double(off.count) < 0.03 * Double(found.count), "\(layer.name): \(off.count) of \(found.count)")
        }
        #expect(layers == known.float.weighted.count)
        let size = wanted.reduce(Float(0)) { max($0, abs($1)) }
        let sum = zip(logits.wide, wanted).reduce(0.0) {
            $0 + abs(Double($1.0) * known.compiled.logitScale - Double($1.1))
        }
        #expect(sum / Double(wanted.count) < 0.005 * Double(size), "\(sum / Double(wanted.count)) of \(size)")
    }

    /// With multipliers that are bare shifts nothing stays near.
    @Test func bareShiftsAreFar() throws {
        #expect(try difference(try make(Glyphnet(), bits: 1)) > 0.05)
    }

    /// The processor notes every float operation whose result it had to round: from codes to logits there is none.
    @Test(arguments: models.map { $0.name }) func noFloatEntersBetweenCodesAndLogits(name: String) throws {
        let known = try make(try #require(ModelCatalog.model(name)))
        let codes = IntegerRunner(known.compiled, context: known.run.context).codes(of: known.samples)
        var steps = 0
        float_flags_clear()
        let logits = known.compiled.network.apply(codes) { _, _, _ in steps += 1 }
        #expect(!float_flags_raised())
        #expect(logits.wide.count == known.samples.count * known.float.classes && steps >= known.float.weighted.count)
        // The same with the float network in its place: the check can fail.
        let tape = Tape(threads: 1)
        float_flags_clear()
        _ = try known.float.logits(of: known.samples, on: tape)
        #expect(float_flags_raised())
    }

    /// What a network in whole numbers is made of: no number in float anywhere.
    @Test(arguments: models.map { $0.name }) func nothingInItIsFloat(name: String) throws {
        let known = try make(try #require(ModelCatalog.model(name)))
        var seen = 0
        func look(_ value: Any) {
            seen += 1
            #expect(!(value is Float) && !(value is Double) && !(value is Float16))
            // Arrays of numbers are of one type.
            if value is [Int8] || value is [UInt8] || value is [Int32] || value is [Int64] || value is [Int] { return }
            for child in Mirror(reflecting: value).children { look(child.value) }
        }
        look(known.compiled.network)
        #expect(seen > 10)
    }

    /// Nor is there one in the code that runs it.
    @Test func nothingThatRunsItIsFloat() throws {
        let folder = Bundle.root.appendingPathComponent("Sources/Integers").path
        var files = try FileManager.default.contentsOfDirectory(atPath: folder).map { folder + "/" + $0 }
        files.append(Bundle.root.appendingPathComponent("Sources/CIntegers/loops.c").path)
        #expect(files.count > 5)
        for file in files {
            let text = try String(contentsOfFile: file, encoding: .utf8)
            let code = text.split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("//") }.joined(
                separator: "\n")
            let words = code.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
            for word in ["Float", "Double", "Float32", "Float16", "float", "double"] {
                #expect(!words.contains(Substring(word)), "\(file): \(word)")
            }
        }
    }

    /// oneDNN's products are those of the plain loops, where it is installed.
    @Test(.enabled(if: ByteProduct.best == .library)) func kernelsAgree() throws {
        var random = RandomSource(seed: 9)
        for (rows, columns, inner) in [(1, 1, 1), (3, 5, 7), (64, 16, 72), (17, 33, 129), (256, 8, 9), (9, 10, 4_096)] {
            // The extremes too: sums of pairs of them do not fit 16 bits.
            let a = (0..<rows * inner).map { $0 % 3 == 0 ? 255 : UInt8(truncatingIfNeeded: random.next()) }
            let b = (0..<columns * inner).map { $0 % 5 == 0 ? -128 : Int8(truncatingIfNeeded: random.next()) }
            var found = [[Int32]](repeating: [Int32](repeating: 7, count: rows * columns), count: 2)
            ByteProduct.multiply(a, b, rows: rows, columns: columns, inner: inner, kernel: .plain, into: &found[0])
            ByteProduct.multiply(a, b, rows: rows, columns: columns, inner: inner, kernel: .library, into: &found[1])
            #expect(found[0] == found[1], "\(rows) × \(columns) × \(inner)")
        }
        for model in Self.models {
            let plain = try make(model), library = try make(model, kernel: .library)
            let runs = try [plain, library].map {
                try IntegerRunner($0.compiled, context: $0.run.context).logits(of: $0.samples)
            }
            #expect(runs[0] == runs[1], "\(model.name)")
        }
    }

    /// Sums over windows of odd sizes, with and without a border, against plain loops.
    @Test(arguments: [(1, 5, 4, 1), (3, 6, 5, 1), (3, 6, 5, 0), (9, 4, 4, 1)])
    func windows(channels: Int, height: Int, width: Int, padding: Int) {
        var random = RandomSource(seed: 13)
        let codes = (0..<2 * height * width * channels).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let weights = (0..<2 * 9 * channels).map { _ in Int8(truncatingIfNeeded: random.next()) }
        let layer = IntegerLayer(
            name: "", weights: weights, addends: [0, 0], window: .init(side: 3, padding: padding), zero: 77,
            requantizer: Requantizer([Dyadic(1)], to: .wide), kernel: .plain)
        let x = IntegerTensor(shape: [2, height, width, channels], .codes(codes))
        let found = layer.products(x), rows = height + 2 * padding - 2, columns = width + 2 * padding - 2
        #expect(found.count == 2 * rows * columns * 2)
        for place in found.indices {
            let (output, column) = (place % 2, place / 2 % columns)
            let (row, sample) = (place / 2 / columns % rows, place / 2 / columns / rows)
            var wanted: Int32 = 0
            for down in 0..<3 {
                for right in 0..<3 {
                    for channel in 0..<channels {
                        let (y, x) = (row + down - padding, column + right - padding)
                        let isInside = (0..<height).contains(y) && (0..<width).contains(x)
                        let code = isInside ? codes[((sample * height + y) * width + x) * channels + channel] : 77
                        wanted += Int32(code) * Int32(weights[((output * 3 + down) * 3 + right) * channels + channel])
                    }
                }
            }
            #expect(found[place] == wanted)
        }
    }

    @Test(arguments: [
        ("asym", "int8 asym tensor range:dynamic", "--activations"), ("wide", "int16 asym tensor", "--activations"),
    ]) func refusesWhatHasNoIntegerForm(name: String, activations: String, option: String) throws {
        let experiment = IntegerOnlyExperiment()
        let settings = try LabSettings(experiment, [("model", "mlp"), ("activations", activations)])
        let report = LabRun(experiment.name, settings).perform(experiment)
        guard case .failed(let message) = report.state else {
            Issue.record("\(report.state)")
            return
        }
        #expect(message.hasPrefix(option) && message.contains("expected"))
    }
}
