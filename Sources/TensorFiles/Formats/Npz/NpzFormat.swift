import Basics
import Tensors

/// NumPy's `.npz`: a zip archive of `.npy` files, stored (`savez`) or deflated (`savez_compressed`), zip64 included.
///
/// Source: `numpy.lib.npyio`. Members that are no `.npy` files are left out, with a warning.
public enum NpzFormat: ArchiveFormat {
    public static let name = "npz"
    public static let endings = ["npz"]

    static func holds(_ archive: ZipArchive) -> Bool { archive.members.contains { $0.name.hasSuffix(".npy") } }

    static func open(_ archive: ZipArchive, path: String) throws(FileError) -> TensorFile {
        var tensors: [TensorView] = [], warnings: [String] = []
        for member in archive.members where !member.name.hasSuffix("/") {
            guard member.name.hasSuffix(".npy") else {
                warnings.append("left out \(Printable.quoted(member.name)), which is no .npy file")
                continue
            }
            let name = String(member.name.dropLast(4))
            // Most headers are short; a longer one is read again as a whole.
            var head = try archive.head(of: member, limit: 4_096)
            if head.count >= 12, head[6] > 1 || Int(head[8]) | Int(head[9]) << 8 > 4_000 {
                head = try archive.head(of: member, limit: NpyFormat.longestHead)
            }
            let inside = try archive.source(of: member)
            do throws(Misfit) {
                tensors.append(
                    try ByteArray(head).withBytes { bytes throws(Misfit) in
                        try NpyFormat.tensor(named: name, head: bytes, source: inside)
                    })
            } catch {
                // An array of objects or texts does not keep the others from being read.
                guard error.isUnsupported else {
                    throw FileError(
                        path: path, place: .tensor(name), found: error.found, expected: error.expected)
                }
                warnings.append("left out \(Printable.quoted(name)): found \(error.found)")
            }
        }
        return TensorFile(path: path, format: self.name, metadata: [], tensors: tensors, warnings: warnings)
    }
}
