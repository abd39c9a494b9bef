import Fixtures
import Tensors
import Testing

@testable import Quantization

/// Encoders of ggml's types against ggml's own quantizers (`Tests/Fixtures/GGML/make_encoders.py`).
@Suite struct BlockEncoderTests {
    private static let records = (try? Fixture.values("GGML/encoders.bin")) ?? [:]

    private static let columns = 1_024

    /// Encodes row after row and decodes again.
    static func roundTrip<Encoder: BlockEncoder>(
        _ encoder: Encoder.Type, _ x: [Float], weights: [Float]? = nil
    ) -> [Float] {
        let size = Encoder.Block.elements, count = x.count / size
        var bytes = [UInt8](repeating: 0xAA, count: count * Encoder.Block.bytes), result = x
        x.withUnsafeBufferPointer { x in
            bytes.withUnsafeMutableBytes { bytes in
                for block in 0..<count {
                    let place = bytes.baseAddress! + block * Encoder.Block.bytes
                    if let weights {
                        weights.withUnsafeBufferPointer {
                            encoder.encode(
                                x.baseAddress! + block * size, weights: $0.baseAddress! + block * size % weights.count,
                                into: place)
                        }
                    } else {
                        encoder.encode(x.baseAddress! + block * size, weights: nil, into: place)
                    }
                }
                result.withUnsafeMutableBufferPointer {
                    Encoder.Block.decode(from: bytes.baseAddress!, 0..<count * size, into: $0.baseAddress!)
                }
            }
        }
        return result
    }

    struct Run {
        let scale: Float
        let offset: Float
        let codes: [Int8]
    }

    /// What the encoded blocks hold, taken apart.
    static func runs<Encoder: BlockEncoder>(_ encoder: Encoder.Type, _ x: [Float]) -> [Run] {
        typealias Block = Encoder.Block
        var bytes = [UInt8](repeating: 0, count: Block.bytes), runs: [Run] = []
        for start in stride(from: 0, to: x.count, by: Block.elements) {
            x.withUnsafeBufferPointer { x in
                bytes.withUnsafeMutableBytes { bytes in
                    encoder.encode(x.baseAddress! + start, weights: nil, into: bytes.baseAddress!)
                    BlockParts.withRoom { parts in
                        Block.unpack(bytes.baseAddress!, into: parts)
                        for run in 0..<Block.elements / Block.run {
                            let codes = UnsafeBufferPointer(start: parts.codes + run * Block.run, count: Block.run)
                            runs.append(
                                Run(
                                    scale: parts.scales[run], offset: Block.hasOffset ? parts.offsets[run] : 0,
                                    codes: Array(codes)))
                        }
                    }
                }
            }
        }
        return runs
    }

    @Test(arguments: ["q4_0", "q4_1", "q5_0", "q5_1", "q8_0", "mxfp4"])
    func fixedRulesBitForBit(_ name: String) throws {
        let encoder = try #require(BlockEncoderCatalog.entries.first { $0.name == name }?.encoder)
        let x = try #require(Self.records["x"]), expected = try #require(Self.records[name.uppercased()])
        let found = Self.roundTrip(encoder, x)
        let wrong = zip(found, expected).enumerated().filter { $0.element.0 != $0.element.1 }
        #expect(found.count == expected.count)
        #expect(wrong.isEmpty, "\(name): \(wrong.count) differ, first \(wrong.first.map { "\($0)" } ?? "")")
    }

    @Test(arguments: ["q2_k", "q3_k", "q4_k", "q5_k", "q6_k", "iq4_nl", "iq4_xs"])
    func searchesAreNeverWorse(_ name: String) throws {
        let encoder = try #require(BlockEncoderCatalog.entries.first { $0.name == name }?.encoder)
        let x = try #require(Self.records["x"]), all = try #require(Self.records["weights"])
        for weights in [nil, all] {
            let theirs = try #require(Self.records[name.uppercased() + (weights == nil ? "" : " weighted")])
            let found = Self.roundTrip(encoder, x, weights: weights)
            for row in theirs.indices {
                var sum = 0.0
                for i in row * Self.columns..<(row + 1) * Self.columns {
                    let e = Double(found[i]) - Double(x[i])
                    sum += e * e * Double(weights?[i % Self.columns] ?? 1)
                }
                #expect(
                    sum <= Double(theirs[row]) * 1.005 + 1e-12,
                    "\(name) row \(row)\(weights == nil ? "" : " weighted"): \(sum / Double(theirs[row])) times ggml's")
            }
        }
    }

    /// Constants, near-constants, ties, one outlier, tiny values, and importances that are nearly all on a few columns: half a per
    /// cent above ggml's error at most, and what Float16 rounds a scale by.
    @Test(arguments: ["q2_k", "q3_k", "q4_k", "q5_k", "q6_k", "iq4_nl", "iq4_xs", "q4_0", "q4_1", "q5_0", "q5_1"])
    func searchesAreNeverWorseOnWildInputs(_ name: String) throws {
        let encoder = try #require(BlockEncoderCatalog.entries.first { $0.name == name }?.encoder)
        let x = try #require(Self.records["wild"]), columns = 512
        for key in ["wild", "uneven 0", "uneven 1", "uneven 2"] {
            let weights = key == "wild" ? nil : Self.records[key]
            let theirs = try #require(Self.records["\(key) \(name.uppercased())"])
            #expect(theirs.count == x.count / columns)
            let found = Self.roundTrip(encoder, x, weights: weights)
            for row in theirs.indices {
                var sum = 0.0, power = 0.0
                for i in row * columns..<(row + 1) * columns {
                    let weight = Double(weights?[i % columns] ?? 1)
                    sum += weight * (Double(found[i]) - Double(x[i])) * (Double(found[i]) - Double(x[i]))
                    power += weight * Double(x[i]) * Double(x[i])
                }
                #expect(
                    sum <= Double(theirs[row]) * 1.005 + power * 0x1p-23,
                    "\(name) row \(row) of \(key): \(sum / Double(theirs[row])) times ggml's")
            }
        }
    }

    @Test(arguments: BlockEncoderCatalog.entries.map { entry in entry.name })
    func finiteInFiniteOut(_ name: String) throws {
        let encoder = try #require(BlockEncoderCatalog.entries.first { $0.name == name }?.encoder)
        for size: Float in [0, .leastNonzeroMagnitude, 1e-38, 1e-20, 1, 1e4, 1e20, .greatestFiniteMagnitude] {
            for pattern in 0..<3 {
                let x = (0..<256).map { i -> Float in
                    switch pattern {
                    case 0: i % 2 == 0 ? size : -size
                    case 1: i % 7 == 0 ? -size : size / 3
                    default: size
                    }
                }
                let back = Self.roundTrip(encoder, x)
                #expect(back.allSatisfy { $0.isFinite }, "\(name) \(size) \(pattern)")
            }
        }
    }
}
