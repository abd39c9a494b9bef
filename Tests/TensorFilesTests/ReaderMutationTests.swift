import Fixtures
import SeededRandom
import Tensors
import Testing

@testable import TensorFiles

/// A short run of what `Fuzzing/run.sh` does at length: damaged fixtures of every reader give an error or an answer.
@Suite struct ReaderMutationTests {
    private static let fixtures = [
        "Checkpoints/fortran.npy", "Checkpoints/arrays.safetensors", "Checkpoints/stored.npz",
        "Checkpoints/deflated.npz",
        "Checkpoints/zip64.npz", "Checkpoints/protocol2.pt", "Checkpoints/protocol5.pt", "Checkpoints/legacy.pth",
        "Checkpoints/module.pth", "Checkpoints/script.pt", "Checkpoints/arrays4.pkl", "GGML/types.gguf",
        "Packed/awq.safetensors", "Packed/gptq.safetensors", "Packed/bitsandbytes.safetensors",
        "Packed/mxfp4.safetensors",
        "Packed/quantized.pt", "Packed/quantized.pth", "Importance/imatrix.gguf", "Importance/imatrix.dat",
        "IDX/images.idx", "IDX/numbers.idx",
    ]

    @Test(arguments: fixtures)
    func damageIsAnErrorOrAnAnswer(_ fixture: String) throws {
        let whole = try Fixture.bytes(fixture)
        var random = SeededRandom(fixture.utf8.reduce(UInt64(7)) { $0 &* 31 &+ UInt64($1) })
        var opened = 0, refused = 0
        for _ in 0..<250 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &random) { Self.damage(&bytes, &random) }
            let source = ByteArray(bytes), path = String(fixture.split(separator: "/")[1])
            do throws(FileError) {
                if path.hasPrefix("imatrix") {
                    _ = try Importance.open(source, path: path)
                } else {
                    for tensor in try FileFormatCatalog.open(source, path: path).tensors { Self.look(at: tensor) }
                }
                opened += 1
            } catch {
                refused += 1
                #expect(!error.description.contains("\n") && !error.found.isEmpty && !error.expected.isEmpty)
            }
        }
        #expect(refused > 0 && opened > 0, "\(opened) opened, \(refused) refused")
    }

    private static func look(at tensor: TensorView) {
        guard tensor.count > 0 else { return }
        let count = min(tensor.count, 100)
        _ = tensor.values(0..<count)
        _ = tensor.values(tensor.count - count..<tensor.count)
        _ = tensor.storedForm?.stored(tensor.count - 1)
    }

    private static func damage(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        guard !bytes.isEmpty else { return }
        // Headers stand at the beginning, directories of archives at the end.
        let reach = min(bytes.count, 2_048), isAtEnd = Int.random(in: 0..<4, using: &random) == 0
        let place = Int.random(in: 0..<reach, using: &random) + (isAtEnd ? bytes.count - reach : 0)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
        case 2: bytes.removeLast(min(bytes.count, Int.random(in: 1...300, using: &random)))
        case 3: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
        case 4:
            // A number becomes a very large one.
            for i in place..<min(bytes.count, place + 8) { bytes[i] = 0xFF }
        default:
            let from = Int.random(in: 0..<bytes.count, using: &random)
            for i in 0..<min(16, bytes.count - max(place, from)) { bytes[place + i] = bytes[from + i] }
        }
    }
}
