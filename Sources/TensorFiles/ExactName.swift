package import Tensors

/// A name that is equal to another one only if their bytes are.
///
/// To Swift two spellings of one accented letter are the same text; to every file format they are two names.
package struct ExactName: Hashable, Sendable {
    private let text: String

    package init(_ text: String) { self.text = text }

    package static func == (a: ExactName, b: ExactName) -> Bool {
        guard a.text.utf8.count == b.text.utf8.count else { return false }
        return a.text.utf8.elementsEqual(b.text.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        // All bytes at once: byte by byte the hash of a long name takes longer than the reading of it.
        let isDone: Void? = text.utf8.withContiguousStorageIfAvailable {
            hasher.combine(bytes: UnsafeRawBufferPointer($0))
        }
        if isDone == nil { for byte in text.utf8 { hasher.combine(byte) } }
    }

    /// Where the tensors of each name are, the first one where there are several.
    package static func positions(of tensors: [TensorView]) -> [ExactName: Int] {
        var positions: [ExactName: Int] = [:]
        positions.reserveCapacity(tensors.count)
        // From the last one on, so that the first one stays.
        for place in tensors.indices.reversed() { positions[ExactName(tensors[place].name)] = place }
        return positions
    }
}
