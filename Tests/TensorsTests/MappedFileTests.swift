import Foundation
import Testing

@testable import Tensors

/// Files that change while they are mapped.
@Suite struct MappedFileTests {
    private static let size = 1 << 20

    private func mapped(_ body: (String, MappedFile, TensorView) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("qlens-mapped-\(UUID().uuidString)")
            .path
        defer { unlink(path) }
        try Data(repeating: 7, count: Self.size).write(to: URL(fileURLWithPath: path))
        // Made long ago, so that whatever is written to it now gives it another time, however coarse the clock of files is.
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_000_000)], ofItemAtPath: path)
        let file = try MappedFile(path: path)
        let shape = try #require(Shape([Self.size]))
        let view = try #require(TensorView(name: "t", elementType: .uint8, shape: shape, source: file))
        #expect(file.fault == nil && view.fault == nil)
        try body(path, file, view)
    }

    /// What is gone reads as zeros and is told, wherever the cut is.
    @Test(arguments: [0, 1, 4_096, 5_000, 524_288])
    func aTruncatedFileIsAFault(left: Int) throws {
        try mapped { path, file, view in
            #expect(truncate(path, off_t(left)) == 0)
            let values = view.values(0..<Self.size)
            let page = Int(sysconf(Int32(_SC_PAGESIZE))), kept = (left + page - 1) / page * page
            #expect(values[..<left].allSatisfy { $0 == 7 } && values[min(left, kept)...].allSatisfy { $0 == 0 })
            #expect(view.fault != nil && file.fault?.expected == "it to stay as it was when it was opened")
            // From then on, also where the file has its length back.
            #expect(truncate(path, off_t(Self.size)) == 0 && file.fault != nil)
        }
    }

    @Test func bytesWrittenOverAreAFault() throws {
        try mapped { path, file, view in
            let handle = try #require(FileHandle(forUpdatingAtPath: path))
            try handle.seek(toOffset: 100)
            try handle.write(contentsOf: Data([9]))
            #expect(view.fault?.found == "a file that was written to while it was open")
        }
    }

    /// Another file under the name, as careful writers leave it, does not disturb what is mapped.
    @Test func aReplacedFileStaysWhatItWas() throws {
        try mapped { path, file, view in
            try Data(repeating: 1, count: 10).write(to: URL(fileURLWithPath: path + ".new"))
            #expect(rename(path + ".new", path) == 0)
            #expect(file.fault == nil && view.values(0..<Self.size).allSatisfy { $0 == 7 })
            unlink(path)
            #expect(file.fault == nil)
        }
    }

    /// Many threads meet missing pages of several files at once.
    @Test func manyThreadsAtOnce() throws {
        try mapped { path, _, first in
            try mapped { other, _, second in
                #expect(truncate(path, 0) == 0 && truncate(other, 8_192) == 0)
                DispatchQueue.concurrentPerform(iterations: 16) { index in
                    let view = index % 2 == 0 ? first : second
                    #expect(view.values(Self.size / 16 * index..<Self.size / 16 * (index + 1)).count == Self.size / 16)
                }
                #expect(first.fault != nil && second.fault != nil)
            }
        }
    }

    @Test func placesAreUsedAgain() throws {
        for _ in 0..<10_000 { _ = try MappedFile(path: #filePath) }
        try mapped { path, file, view in
            #expect(truncate(path, 0) == 0)
            #expect(view.values(0..<10) == [Float](repeating: 0, count: 10) && file.fault != nil)
        }
    }
}
