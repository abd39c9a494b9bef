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
        let members = archive.members.filter { !$0.name.hasSuffix("/") && !ZipArchive.isMacCompanion($0.name) }
        let companions = archive.members.count { ZipArchive.isMacCompanion($0.name) }
        if companions > 0 {
            warnings.append("left out \(companions) of the files that macOS puts beside others (__MACOSX)")
        }
        for member in members {
            guard member.name.hasSuffix(".npy") else {
                warnings.append("left out \(Printable.quoted(member.name)), which is no .npy file")
                continue
            }
            // A damaged member, or one of another kind, does not keep the others from being read.
            do throws(FileError) {
                tensors.append(try tensor(member, of: archive, path: path, &warnings))
            } catch {
                warnings.append("left out \(Printable.quoted(member.name)): found \(error.found)")
            }
        }
        guard !tensors.isEmpty || warnings.isEmpty else {
            throw FileError(
                path: path, found: "no array that can be read (\(warnings[0]))", expected: "at least one .npy file")
        }
        return TensorFile(path: path, format: self.name, metadata: [], tensors: tensors, warnings: warnings)
    }

    private static func tensor(
        _ member: ZipArchive.Member, of archive: ZipArchive, path: String, _ warnings: inout [String]
    ) throws(FileError) -> TensorView {
        let name = String(member.name.dropLast(4))
        // Most headers are short; a longer one is read again as a whole.
        var bytes = try archive.head(of: member, limit: 4_096)
        if bytes.count >= 12, bytes[6] > 1 || Int(bytes[8]) | Int(bytes[9]) << 8 > 4_000 {
            bytes = try archive.head(of: member, limit: NpyFormat.longestHead)
        }
        do throws(Misfit) {
            let head = try ByteArray(bytes).withBytes { bytes throws(Misfit) in
                try NpyFormat.Head(bytes, fileSize: member.size)
            }
            if head.end < member.size {
                warnings.append(
                    "read \(NumberText.grouped(head.end)) of the \(NumberText.grouped(member.size)) bytes of "
                        + "\(Printable.quoted(member.name)): its array ends there")
            }
            let source: any ByteSource
            do throws(FileError) {
                source = try archive.source(of: member, upTo: head.end)
            } catch {
                // Encrypted, or compressed in another way.
                return TensorView(
                    unreadable: name, typeName: head.header.typeName, shape: head.header.shape,
                    byteCount: member.size, problem: SourceFault(found: error.found, expected: error.expected))
            }
            return try NpyFormat.tensor(named: name, head, source)
        } catch {
            throw FileError(path: path, place: .tensor(name), found: error.found, expected: error.expected)
        }
    }
}
