import Fixtures
import Tensors
import Testing

@testable import TensorFiles

/// The files of MNIST: big-endian, any rank, some types.
@Suite struct IDXTests {
    private func open(_ bytes: [UInt8], path: String = "train-images-idx3-ubyte") throws(FileError) -> TensorFile {
        try FileFormatCatalog.open(ByteArray(bytes), path: path)
    }

    @Test func images() throws {
        let file = try open([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3] + [1, 2, 3, 4, 5, 255])
        #expect(file.format == "idx")
        let tensor = file.tensors[0]
        #expect(tensor.name == "train-images-idx3-ubyte")
        #expect(tensor.shape.extents == [1, 2, 3])
        #expect(tensor.values(0..<6) == [1, 2, 3, 4, 5, 255])
        #expect(try open([0, 0, 8, 1, 0, 0, 0, 1, 7], path: "a/digits.idx").tensors[0].name == "digits")
    }

    /// What NumPy wrote.
    @Test func files() throws {
        let images = try FileFormatCatalog.open(path: Fixture.path("IDX/images.idx")).tensors[0]
        #expect(images.shape.extents == [12, 7, 5])
        #expect(images.values(0..<420) == (0..<420).map { Float($0 * 37 % 256) })
        let numbers = try FileFormatCatalog.open(path: Fixture.path("IDX/numbers.idx")).tensors[0]
        #expect(numbers.shape.extents == [5, 6])
        for (place, value) in numbers.values(0..<30).enumerated() {
            #expect(abs(Double(value) - (-2 + 4 * Double(place) / 29)) < 1e-6)
        }
    }

    @Test func numbersOfSeveralBytes() throws {
        let floats = try open([0, 0, 0x0D, 1, 0, 0, 0, 2, 0x3F, 0x80, 0, 0, 0xC0, 0, 0, 0]).tensors[0]
        #expect(floats.values(0..<2) == [1, -2])
        let words = try open([0, 0, 0x0B, 1, 0, 0, 0, 2, 1, 0, 0xFF, 0xFE]).tensors[0]
        #expect(words.values(0..<2) == [256, -2])
    }

    @Test(
        arguments: [
            ([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2], "at byte 16: found 2 bytes of data, expected 6"),
            ([0, 0, 8, 2, 0, 0, 0, 1, 0, 0], "found the end of the file, expected 2 extents"),
            ([0, 0, 8, 2, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], "expected"),
        ] as [([UInt8], String)]) func damaged(bytes: [UInt8], message: String)
    {
        let error = #expect(throws: FileError.self) { try open(bytes) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
}
