import ArgumentParser
import Checkpoints
import Platform
import TensorFiles

/// What splits a work among processes.
struct ShardOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Do part I of N (I = 0 … N-1) and print what merge joins; needs --json. Without it srun and mpirun are asked.",
            valueName: "i/n"))
    var shard: String?

    @Option(
        help: ArgumentHelp(
            "Write there instead of to standard output; {I} and {N} stand for the part's numbers.", valueName: "file"),
        completion: .file())
    var output: String?

    func validate() throws {
        if let shard, Shard(shard) == nil {
            throw ValidationError(
                "--shard: found \(shard), expected I/N with I from 0 to N - 1, N at most \(Shard.most)")
        }
    }

    /// The part to do, which is printed for `merge`; nil does all and prints it for its own sake. Without `--json` the environment is not
    /// asked, as only parts in JSON can be joined.
    func part(isJSON: Bool) throws -> Shard? {
        if let shard = shard.flatMap({ Shard($0) }) {
            guard isJSON else {
                throw CommandFailure(usage: "--shard: found no --json, expected it: merge reads JSON")
            }
            return shard
        }
        guard isJSON, let found = Shard.ofEnvironment({ getenv($0).map { String(cString: $0) } }) else { return nil }
        Console.printError("part \(found.shard) by \(found.variable); --shard 0/1 does all of it")
        return found.shard
    }

    /// The files that a path of a checkpoint stands for: of a folder, or an index of shards, all in the folder.
    static func files(_ path: String) -> [String] {
        let folder =
            Folder.isFolder(path)
            ? path : path.hasSuffix(".index.json") ? Folder.absolute(path + "/..") : nil
        let names = folder.flatMap { folder in (try? Folder.names(in: folder))?.map { folder + "/" + $0 } }
        return [path] + (names ?? [])
    }

    /// Prints or writes a result.
    func write(_ text: String, _ shard: Shard?, notOver inputs: [String]) throws {
        guard let output else { return Console.printLine(text) }
        let shard = shard ?? .whole
        let path = output.split(separator: "{I}", omittingEmptySubsequences: false).joined(separator: "\(shard.index)")
            .split(separator: "{N}", omittingEmptySubsequences: false).joined(separator: "\(shard.count)")
        try AtomicFile.write(to: path, notOver: inputs.flatMap { Self.files($0) }) { sink throws(FileError) in
            try sink.write(Array(text.utf8))
            try sink.write([UInt8(ascii: "\n")])
        }
    }
}
