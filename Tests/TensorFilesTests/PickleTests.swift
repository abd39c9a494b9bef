import Fixtures
import Tensors
import Testing

@testable import TensorFiles

/// Pickles that want to do something are refused by the name of what they want; others only build values.
@Suite struct PickleTests {
    private static func open(_ pickle: [UInt8]) throws(FileError) -> TensorFile {
        try FileFormatCatalog.open(ByteArray(pickle), path: "model.pt")
    }

    private static func global(_ name: String) -> [UInt8] {
        let parts = name.split(separator: ".")
        let module = parts.dropLast().joined(separator: ".")
        return Array("c\(module)\n\(parts.last ?? "")\n".utf8)
    }

    private static func text(_ text: String) -> [UInt8] {
        [0x8C, UInt8(text.utf8.count)] + Array(text.utf8)
    }

    private static func call(_ name: String, _ arguments: [UInt8] = text("touch /tmp/owned")) -> [UInt8] {
        [0x80, 2] + global(name) + arguments + [0x85] + Array("R.".utf8)
    }

    private static func refusal(_ pickle: [UInt8]) -> String? {
        do throws(FileError) {
            _ = try open(pickle)
            return nil
        } catch {
            return error.found
        }
    }

    @Test(arguments: [
        "os.system", "posix.system", "nt.system", "subprocess.Popen", "builtins.eval", "builtins.exec",
        "builtins.getattr",
        "__builtin__.eval", "builtins.__import__", "builtins.open", "builtins.compile", "importlib.import_module",
        "runpy.run_path", "operator.attrgetter", "operator.methodcaller", "pickle.loads", "_pickle.loads",
        "types.CodeType",
        "types.FunctionType", "ctypes.CDLL", "pty.spawn", "shutil.rmtree", "socket.socket", "webbrowser.open",
        "pip.main",
        "timeit.timeit", "code.InteractiveInterpreter", "torch.hub.load", "torch.load", "torch.jit.load",
        "torch.storage._load_from_bytes", "torch.utils.cpp_extension.load_inline", "numpy.load",
        "numpy.testing._private.utils.runstring", "bdb.Bdb.run", "functools.reduce", "dill.loads", "asyncio.run",
    ])
    func dangerousNamesAreRefused(_ name: String) {
        #expect(Self.refusal(Self.call(name))?.contains("\"\(name)\"") == true)
        // The same through the text of protocol 4, and as the class of an instance.
        let parts = name.split(separator: "."), module = parts.dropLast().joined(separator: ".")
        let stacked =
            [0x80, 4] + Self.text(module) + Self.text(String(parts.last ?? "")) + [0x93] + Array(")\u{52}.".utf8)
        #expect(Self.refusal(stacked)?.contains("\"\(name)\"") == true)
        let instance = [0x80, 2] + Array("(".utf8) + Self.text("x") + Array("i\(module)\n\(parts.last ?? "")\n.".utf8)
        #expect(Self.refusal(instance)?.contains("\"\(name)\"") == true)
    }

    @Test func chainsOfAttributesAreRefused() {
        // getattr(getattr(os, "path"), …) and dotted names that walk by themselves.
        #expect(Self.refusal(Self.call("builtins.getattr"))?.contains("\"builtins.getattr\"") == true)
        let dotted = [0x80, 4] + Self.text("torch") + Self.text("serialization.os.system") + [0x93] + Array(")R.".utf8)
        #expect(Self.refusal(dotted)?.contains("torch.serialization.os.system") == true)
        let dunder = [0x80, 4] + Self.text("collections") + Self.text("__loader__") + [0x93] + Array(".".utf8)
        #expect(Self.refusal(dunder)?.contains("collections.__loader__") == true)
    }

    @Test func namesOfOtherPackagesAreLabels() throws {
        let file = try Self.open(Self.call("my_package.Thing"))
        #expect(file.tensors.isEmpty && file.warnings == ["did not run \"my_package.Thing\", which the pickle names"])
    }

    @Test func deepNestingEnds() {
        for opening in ["]", "}", ")"] {
            // A list in a list in a list …: each is put into the one before.
            var pickle: [UInt8] = [0x80, 2]
            let depth = 200_000
            if opening == ")" {
                pickle += Array(")".utf8) + [UInt8](repeating: 0x85, count: depth)
            } else if opening == "]" {
                pickle +=
                    [UInt8](repeating: UInt8(ascii: "]"), count: depth)
                    + [UInt8](repeating: UInt8(ascii: "a"), count: depth - 1)
            } else {
                pickle += (0..<depth).flatMap { $0 == 0 ? Array("}".utf8) : Self.text("k") + Array("}".utf8) }
                pickle += [UInt8](repeating: UInt8(ascii: "s"), count: depth - 1)
            }
            #expect(Self.refusal(pickle + Array(".".utf8))?.contains("nested deeper") == true, "\(opening)")
        }
    }

    @Test func memoBombsEnd() throws {
        // Each list holds the one before ten times: 10^40 paths, 40 lists.
        var pickle: [UInt8] = [0x80, 2] + Array("]q".utf8) + [0]
        for level in 1..<40 {
            pickle += Array("](".utf8)
            for _ in 0..<10 { pickle += [UInt8(ascii: "h"), UInt8(level - 1)] }
            pickle += Array("eq".utf8) + [UInt8(level)]
        }
        let file = try Self.open(pickle + Array(".".utf8))
        #expect(file.tensors.isEmpty)
        // A list that holds itself.
        #expect(try Self.open([0x80, 2] + Array("]q\0h\0a.".utf8)).tensors.isEmpty)
        // Doubling: a list appended to itself through a call that copies.
        var doubling: [UInt8] = [0x80, 2] + Array("](K\u{1}K\u{1}eq".utf8) + [0]
        for _ in 0..<60 {
            doubling += Self.global("builtins.list") + Array("](h\0h\0eh\0".utf8).dropFirst(0) + Array("0".utf8)
            doubling += Array("h\0".utf8) + [0x85] + Array("Rq\0".utf8)
        }
        _ = Self.refusal(doubling + Array(".".utf8))
    }

    @Test(arguments: [
        ([0x58, 0xFF, 0xFF, 0xFF, 0x7F], "a text of 2147483647 bytes"),
        ([0x8D, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], "a text of 18446744073709551615 bytes"),
        ([0x8E, 0, 0, 0, 0, 0, 1, 0, 0], "1099511627776 bytes"),
        ([0x8B, 0xFF, 0xFF, 0xFF, 0xFF], "an integer of -1 bytes"),
        ([0x54, 0xFF, 0xFF, 0xFF, 0xFF], "a text of -1 bytes"), ([0x6A, 1, 0, 0, 0], "recalls value 1"),
        ([0x52], "takes more values"), ([0x74], "without the mark"), ([0x80, 9], "pickle protocol 9"),
        ([0x82, 1], "registered extension"), ([0x97], "buffers outside"), ([0xFF], "pickle code 255"),
    ])
    func hugeCountsAndBrokenPicklesSayWhere(_ codes: [UInt8], _ found: String) {
        #expect(Self.refusal([0x80, 2] + codes)?.contains(found) == true)
    }

    @Test func aTensorBeyondItsStorageIsRefused() throws {
        // The fixture's pickle with one number changed.
        let whole = try Fixture.bytes("Checkpoints/protocol2.pt")
        let archive = try ZipArchive(ByteArray(whole), path: "a.pt")
        let member = try #require(archive.members.first { $0.name.hasSuffix("data.pkl") })
        var refused = 0
        for place in member.offset..<member.offset + member.size where whole[place] == UInt8(ascii: "K") {
            var bytes = whole
            bytes[place + 1] = 0xFF
            // With the check sum that a writer would have written.
            func sum(_ bytes: [UInt8]) -> [UInt8] {
                let checksum = bytes[member.offset..<member.offset + member.size].withUnsafeBytes { Zlib.checksum($0) }
                return withUnsafeBytes(of: checksum.littleEndian) { Array($0) }
            }
            let (before, after) = (sum(whole), sum(bytes))
            for i in 0..<bytes.count - 4 where Array(whole[i..<i + 4]) == before {
                bytes.replaceSubrange(i..<i + 4, with: after)
            }
            do throws(FileError) {
                let file = try FileFormatCatalog.open(ByteArray(bytes), path: "a.pt")
                refused += file.unreadableCount
                for tensor in file.tensors where tensor.count < 1 << 16 { _ = tensor.values(0..<tensor.count) }
            } catch {
                refused += 1
                #expect(error.found.contains("elements up to") || error.place != nil, "\(error)")
            }
        }
        #expect(refused > 10)
    }
}
