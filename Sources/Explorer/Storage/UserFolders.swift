import Platform
public import TensorFiles

/// Where things of the user lie, by the XDG base directory specification.
public struct UserFolders: Sendable {
    /// `$XDG_CONFIG_HOME/qlens`, else `~/.config/qlens`; nil where neither is known.
    public let configuration: String?
    /// `$XDG_STATE_HOME/qlens`, else `~/.local/state/qlens`.
    public let state: String?
    /// `$XDG_CACHE_HOME/qlens`, else `~/.cache/qlens`.
    public let cache: String?

    /// - Parameter environment: gives a variable's value. Relative paths are to be ignored, says the specification.
    public init(environment: (String) -> String?) {
        func folder(_ variable: String, _ fallback: String) -> String? {
            if let path = environment(variable), path.hasPrefix("/") { return path + "/qlens" }
            return environment("HOME").flatMap { $0.hasPrefix("/") ? $0 + fallback + "/qlens" : nil }
        }
        configuration = folder("XDG_CONFIG_HOME", "/.config")
        state = folder("XDG_STATE_HOME", "/.local/state")
        cache = folder("XDG_CACHE_HOME", "/.cache")
    }

    public var configurationFile: String? { configuration.map { $0 + "/config" } }
    /// Where rows of scans are stored.
    public var scanFolder: String? { cache.map { $0 + "/scans" } }
    public var recentFile: String? { state.map { $0 + "/recent" } }
    public var historyFile: String? { state.map { $0 + "/history" } }

    /// Where the last state of a checkpoint is stored: its name, and a number made of its whole path.
    public func sessionFile(of path: String?) -> String? {
        guard let state else { return nil }
        guard let path else { return state + "/sessions/samples" }
        let whole = Folder.absolute(path)
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a
        for byte in whole.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let name = (whole.split(separator: "/").last ?? "root").filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        return state + "/sessions/\(name.prefix(40))-\(String(hash, radix: 16))"
    }

    /// The configuration; the default one where there is no file.
    public func readConfiguration() throws(FileError) -> Configuration {
        guard let path = configurationFile, Folder.exists(path) else { return Configuration() }
        return try Configuration(String(decoding: AtomicFile.read(path), as: UTF8.self), path: path)
    }

    /// A line each, the newest first; nothing where it cannot be read.
    public static func lines(_ path: String?) -> [String] {
        guard let path, let bytes = try? AtomicFile.read(path) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { KeyValueText.unescaped(String($0)) }
    }

    /// Keeps at most `limit` lines, the newest first. What another explorer has written meanwhile stays, after these.
    public static func merge(_ lines: [String], into path: String?, limit: Int) throws(FileError) {
        guard let path else { return }
        let known = Set(lines), others = Self.lines(path).filter { !known.contains($0) }
        let text = (lines + others).prefix(limit).map { KeyValueText.escaped($0) + "\n" }.joined()
        try AtomicFile.write(Array(text.utf8), to: path, makesFolders: true)
    }

    /// Puts a file that cannot be used aside, so that a fresh one may take its place; its new name, or nil where that fails.
    public static func putAside(_ path: String) -> String? {
        let aside = path + ".damaged"
        return rename(path, aside) == 0 ? aside : nil
    }
}
