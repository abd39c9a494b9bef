import Fixtures
import Foundation
import Tensors
import Testing

@testable import TensorFiles

/// Files that NumPy, PyTorch and safetensors wrote (`Tests/Fixtures/Checkpoints/make.py`), value for value.
@Suite struct CheckpointFixtureTests {
    static let names = [
        "stored.npz", "deflated.npz", "zip64.npz", "pattern.npz", "protocol2.pt", "protocol3.pt", "protocol4.pt",
        "protocol5.pt",
        "legacy.pth", "module.pth", "statedict.bin", "script.pt", "arrays2.pkl", "arrays4.pkl", "arrays5.pkl",
        "arrays.safetensors", "fortran.npy",
    ]

    @Test(arguments: names)
    func everyValueBitForBit(_ name: String) throws {
        let file = try FileFormatCatalog.open(path: Fixture.path("Checkpoints/\(name)"))
        Fixture.expect(file, holds: try Fixture.values("Checkpoints/\(name).values"))
        for tensor in file.tensors where tensor.problem == nil { #expect(tensor.fault == nil) }
    }

    @Test func everyFixtureIsTested() throws {
        let present = try Folder.names(in: Fixture.path("Checkpoints"))
            .filter { !$0.hasSuffix(".values") && !$0.hasSuffix(".py") }
        #expect(present.sorted() == Self.names.sorted())
    }

    @Test func whatIsLeftOutIsSaid() throws {
        let archive = try FileFormatCatalog.open(path: Fixture.path("Checkpoints/deflated.npz"))
        #expect(archive.warnings.isEmpty && archive.unreadableCount == 1)
        #expect(try archive.tensor(named: "objects").problem?.found.contains("Python objects") == true)
        let module = try FileFormatCatalog.open(path: Fixture.path("Checkpoints/module.pth"))
        #expect(module.warnings == ["did not run \"my_package.networks.Network\", which the pickle names"])
        let plain = try FileFormatCatalog.open(path: Fixture.path("Checkpoints/protocol4.pt"))
        #expect(plain.warnings.isEmpty)
        #expect(plain.metadata.map { "\($0.key)=\($0.value)" } == ["epoch=7", "lr=0.001", "name=naïve"])
    }

    @Test func contentDecidesNotTheEnding() throws {
        for (name, ending) in [
            ("stored.npz", "pt"), ("protocol2.pt", "npz"), ("legacy.pth", "npy"), ("arrays4.pkl", "bin"),
        ] {
            let source = ByteArray(try Fixture.bytes("Checkpoints/\(name)"))
            let file = try FileFormatCatalog.open(source, path: "file." + ending)
            Fixture.expect(file, holds: try Fixture.values("Checkpoints/\(name).values"))
        }
    }

    @Test func strideAndPartsOfViews() throws {
        let file = try FileFormatCatalog.open(path: Fixture.path("Checkpoints/protocol4.pt"))
        for tensor in file.tensors where tensor.count > 3 {
            let all = tensor.values(0..<tensor.count)
            for start in 0..<min(7, tensor.count) {
                #expect(
                    tensor.values(start..<tensor.count - 1) == Array(all[start..<tensor.count - 1])
                        || all.contains { $0.isNaN })
            }
        }
    }

    @Test func aDamagedMemberIsAFault() throws {
        var bytes = try Fixture.bytes("Checkpoints/pattern.npz")
        // The header of the array is read at once, its data at first use: damage in the data is found there.
        let member = try #require(ZipArchive(ByteArray(bytes), path: "a.npz").members.first)
        bytes[member.offset + member.compressedSize - 2] ^= 0xFF
        let tensor = try FileFormatCatalog.open(ByteArray(bytes), path: "a.npz").tensor(named: "pattern")
        #expect(tensor.fault == nil)
        _ = tensor.values(0..<1)
        #expect(tensor.fault?.found == "damaged compressed bytes in zip member \"pattern.npy\"")
    }

    @Test func damageInAHeaderIsFoundAtOnce() throws {
        var bytes = try Fixture.bytes("Checkpoints/deflated.npz")
        let member = try #require(
            ZipArchive(ByteArray(bytes), path: "a.npz").members.first { $0.name == "fortran.npy" })
        bytes[member.offset + member.compressedSize - 2] ^= 0xFF
        let file = try FileFormatCatalog.open(ByteArray(bytes), path: "a.npz")
        #expect(file.warnings.contains { $0.contains("fortran.npy") && $0.contains("damaged") })
        #expect(file.position(named: "fortran") == nil && file.tensors.count > 10)
    }
}
