import Basics
import Quantization
import Tensors
import SeededRandom
import Testing

@testable import TensorFiles

/// Damaged samples give an error or an answer; nothing crashes.
@Suite struct MutationTests {

    @Test func fiveHundredMutations() throws {
        var random = SeededRandom(2_026)
        let samples = SampleCatalog.samples()
        var opened = 0, refused = 0
        for number in 0..<500 {
            let sample = samples[number % samples.count]
            var bytes = sample.bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&bytes, &random) }
            do throws(FileError) {
                let file = try FileFormatCatalog.open(ByteArray(bytes), path: sample.fileName)
                opened += 1
                for tensor in file.tensors where tensor.count > 0 && tensor.count < 1 << 22 {
                    let evaluator = try? Evaluator(tensor, recipe: Recipe(granularity: .group(size: 64)))
                    let metrics = try? evaluator?.evaluate(WorkContext(threads: 1)).metrics
                    #expect(metrics?.entries.allSatisfy { $0.value?.isFinite ?? true } == true, "mutation \(number)")
                }
            } catch {
                refused += 1
                #expect(!error.description.contains("\n"))
            }
        }
        #expect(opened + refused == 500 && refused > 100 && opened > 50, "\(opened) opened, \(refused) refused")
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        // Most of the damage goes to the header.
        let reach = Bool.random(using: &random) ? min(bytes.count, 4_096) : bytes.count
        guard reach > 0 else { return }
        let place = Int.random(in: 0..<reach, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 2: bytes.removeLast(min(bytes.count, Int.random(in: 1...200, using: &random)))
        case 3: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
        case 4: bytes.remove(at: place)
        default:
            // A digit becomes another one: offsets, shapes and lengths that look right.
            if let digit = bytes[place..<reach].firstIndex(where: { $0 >= 48 && $0 <= 57 }) {
                bytes[digit] = UInt8.random(in: 48...57, using: &random)
            }
        }
    }
}

@Suite struct SampleCatalogTests {
    @Test func samplesAreSmallAndOpen() throws {
        let samples = SampleCatalog.samples()
        #expect(samples.reduce(0) { $0 + $1.bytes.count } < 2_000_000)
        let types = Set(try SampleCatalog.open().tensors.map { $0.elementType })
        #expect(types.isSuperset(of: [.float32, .float16, .bfloat16, .float64, .int64, .bool, .float8E4M3]))
    }

    /// The same bytes everywhere: the checksum (FNV-1a) was taken on x86-64.
    @Test func samplesAreDeterministic() {
        let sums = SampleCatalog.samples().map { sample in
            sample.bytes.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        }
        #expect(
            sums == [
                0xFC31_AD07_D67E_D5FA, 0x9774_381D_A920_0ABE,
                0x91A5_9FD0_3238_9191, 0x163B_29C3_4C7B_DF6A,
            ])
    }

    @Test func probitIsTheInverse() {
        #expect(abs(Quantiles.probit(0.5)) < 1e-15)
        #expect(abs(Quantiles.probit(0.975) - 1.959963984540054) < 1e-12)
        #expect(abs(Quantiles.probit(0.5 / 4_096) + 3.668329286) < 1e-8)
    }
}
