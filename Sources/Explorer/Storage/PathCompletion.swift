import Basics
import TensorFiles

/// What a path after `:open` may become.
enum PathCompletion {
    /// Folders and files whose names begin with the path's last part: in the folder that it names, else in the current folder and in that of
    /// the open file.
    static func candidates(_ path: String, beside folder: String?) -> [Prompt.Candidate] {
        let slash = path.lastIndex(of: "/")
        let written = slash.map { String(path[...$0]) } ?? "",
            start = slash.map { path[path.index(after: $0)...] } ?? path[...]
        if path == "~" { return [Prompt.Candidate(text: "~/", note: Words.folder)] }
        guard !written.hasPrefix("/"), !written.hasPrefix("~") else {
            return entries(in: Folder.expanded(written), beginning: start) { written + $0 }
        }
        let here = entries(in: written.isEmpty ? "." : written, beginning: start) { written + $0 }
        guard let folder, Folder.absolute(folder) != Folder.current else { return here }
        let other = Folder.absolute(folder) + "/"
        return here + entries(in: other + written, beginning: start) { other + written + $0 }
    }

    private static func entries(
        in folder: String, beginning start: Substring, _ whole: (String) -> String
    ) -> [Prompt.Candidate] {
        let start = start.lowercased()
        return ((try? FileService.list(folder)) ?? [])
            .filter {
                $0.name != "../" && $0.name.lowercased().hasPrefix(start)
                    && (!$0.name.hasPrefix(".") || start.hasPrefix("."))
            }
            .map { entry in
                Prompt.Candidate(
                    text: whole(entry.name),
                    note: entry.isFolder ? Words.folder : entry.size.map { NumberText.grouped($0) + " B" } ?? "")
            }
    }
}
