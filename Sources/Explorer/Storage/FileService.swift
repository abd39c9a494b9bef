import Basics
import Checkpoints
import Platform
import Quantization
public import TensorFiles
import Tensors

/// Opens, lists and writes files on a thread of its own, one request after the other: a slow disk holds nobody up.
public final class FileService: Sendable {
    private struct Inbox {
        var waiting: [FileRequest] = []
        var isBusy = false
        var isStopped = false
    }

    private let inbox = Lock(Inbox())

    /// - Parameter post: called with every answer, from the service's thread.
    public init(folders: UserFolders, post: @escaping @Sendable (Action) -> Void) {
        let inbox = inbox
        BackgroundThread.start {
            while let request = Self.take(inbox) {
                if let action = Self.answer(request, folders: folders) { post(action) }
                inbox.update { $0.isBusy = false }
            }
        }
    }

    deinit { inbox.update { $0.isStopped = true } }

    public func submit(_ request: FileRequest) {
        inbox.update { inbox in
            // Of rankings the last one alone is wanted.
            if case .rank = request {
                inbox.waiting.removeAll { if case .rank = $0 { true } else { false } }
            }
            inbox.waiting.append(request)
        }
    }

    /// Waits for what is to be written, two seconds at most; what was to be read is dropped.
    public func finish() {
        inbox.update { inbox in
            inbox.waiting.removeAll { request in
                switch request {
                case .write, .keep, .writePicture: false
                default: true
                }
            }
        }
        let end = ContinuousClock.now + .seconds(2)
        while inbox.withLock({ $0.isBusy || !$0.waiting.isEmpty }), .now < end { usleep(2_000) }
    }

    private static func take(_ inbox: Lock<Inbox>) -> FileRequest? {
        inbox.wait { inbox -> FileRequest?? in
            if inbox.isStopped { return .some(nil) }
            guard !inbox.waiting.isEmpty else { return nil }
            inbox.isBusy = true
            return .some(inbox.waiting.removeFirst())
        }
    }

    /// The answer; nil where there is none to give.
    static func answer(_ request: FileRequest, folders: UserFolders) -> Action? {
        switch request {
        case .open(let path): return openFile(Folder.expanded(path), folders)
        case .complete(let line, let path, let folder):
            return .pathsFound(line: line, PathCompletion.candidates(path, beside: folder))
        case .planScan(let plan): return .scanPlanned(file: plan.file, number: plan.number, plan.scan)
        case .surveyPlan(let survey): return .planSurveyed(file: survey.file, number: survey.number, survey.answer)
        case .plan(let question): return .planned(file: question.file, number: question.number, question.answer)
        case .writePlan(let export): return .planWritten(path: export.path, export.written())
        case .rank(let question):
            return .ranked(file: question.file, number: question.number, Ranking(question))
        case .openOther(let path, let opened, let number):
            let path = Folder.expanded(path)
            return .otherOpened(
                file: number, path: path,
                Result { () throws(FileError) in
                    let comparison = try Comparison(opened, try open(path))
                    guard !comparison.pairs.isEmpty else {
                        throw FileError(
                            path: path, found: Words.noPairWith(Printable.text(opened.path)),
                            expected: Words.matchingNames)
                    }
                    return comparison
                })
        case .writePicture(let text, let path): return writePicture(text, Folder.expanded(path))
        case .list(let path):
            return .folderListed(path: path, Result { () throws(FileError) in try list(path) })
        case .write(let record, let path):
            return writeSession(
                record, path.map(Folder.expanded) ?? folders.sessionFile(of: record.file), makesFolders: path == nil)
        case .keep(let record):
            // Where this fails, leaving says so.
            _ = try? keep(record, in: folders)
            return nil
        }
    }

    /// A checkpoint with at least one tensor.
    public static func open(_ path: String) throws(FileError) -> TensorFile {
        let file = try FileFormatCatalog.open(path: path)
        guard !file.tensors.isEmpty else {
            throw FileError(path: path, found: Words.noTensorInFile, expected: Words.atLeastOne)
        }
        return file
    }

    /// What the file is decides; `:save NAME` writes NAME.qlens, so `:open NAME` finds it.
    private static func openFile(_ path: String, _ folders: UserFolders) -> Action {
        let whole = !Folder.exists(path) && Folder.exists(path + ".qlens") ? path + ".qlens" : path
        if let head = try? AtomicFile.head(whole, count: 64), SessionRecord.matches(head) { return readSession(whole) }
        noteState(of: Folder.absolute(path), in: folders)
        return .fileOpened(path: path, Result { () throws(FileError) in try open(path) })
    }

    /// A session's text and the checkpoint that it names.
    private static func readSession(_ path: String) -> Action {
        do throws(FileError) {
            let record = try SessionRecord(String(decoding: AtomicFile.read(path), as: UTF8.self), path: path)
            let file = Result { () throws(FileError) in
                if let named = record.file { return try open(named) }
                return try SampleCatalog.open()
            }
            return .sessionRead(path: path, .success(record), file)
        } catch {
            return .sessionRead(path: path, .failure(error), nil)
        }
    }

    /// The last states that were found or written here, by their paths: what another explorer wrote since is not written over.
    private static let lastStates = Lock<[String: FileIdentity?]>([:])

    /// Looks at the last state of a file, before this explorer has one of its own.
    public static func noteState(of file: String?, in folders: UserFolders) {
        guard let path = folders.sessionFile(of: file) else { return }
        lastStates.update { states in if states[path] == nil { states[path] = .some(FileIdentity(path: path)) } }
    }

    /// The last state of a file, for `--resume`.
    ///
    /// - Returns: where it is, if another explorer has written the file's state meanwhile, which stays.
    @discardableResult
    public static func keep(_ record: SessionRecord, in folders: UserFolders) throws(FileError) -> String? {
        guard let path = folders.sessionFile(of: record.file) else { return nil }
        let known = lastStates.withLock { $0[path] }
        let isOurs = known.map { $0 == FileIdentity(path: path) } ?? true
        let target = isOurs ? path : path + ".\(getpid()).qlens"
        try AtomicFile.write(Array(record.text.utf8), to: target, makesFolders: true)
        if isOurs { lastStates.update { $0[path] = .some(FileIdentity(path: path)) } }
        return isOurs ? nil : target
    }

    private static func writePicture(_ text: String, _ path: String) -> Action {
        do throws(FileError) {
            try AtomicFile.write(Array(text.utf8), to: path)
            return .pictureWritten(path: path, nil)
        } catch {
            return .pictureWritten(path: path, error)
        }
    }

    private static func writeSession(_ record: SessionRecord, _ path: String?, makesFolders: Bool) -> Action? {
        guard let path else {
            return .sessionWritten(
                path: "", FileError(path: "save", found: Words.noFolder, expected: Words.homeOrPath))
        }
        do throws(FileError) {
            try AtomicFile.write(Array(record.text.utf8), to: path, makesFolders: makesFolders)
            return .sessionWritten(path: path, nil)
        } catch {
            return .sessionWritten(path: path, error)
        }
    }

    /// Folders first, then files that may be opened, by name.
    static func list(_ path: String) throws(FileError) -> [FileBrowser.Entry] {
        let endings = FileFormatCatalog.formats.flatMap { $0.endings }.map { "." + $0 } + [".index.json", ".qlens"]
        var folders: [FileBrowser.Entry] = [], files: [FileBrowser.Entry] = []
        for name in try Folder.names(in: path) {
            let whole = path == "/" ? "/" + name : path + "/" + name
            if Folder.isFolder(whole) {
                folders.append(.init(name: name + "/", path: whole, isFolder: true))
            } else if endings.contains(where: { name.lowercased().hasSuffix($0) }) {
                files.append(.init(name: name, path: whole, isFolder: false, size: Folder.size(ofFile: whole)))
            }
        }
        let byName: (FileBrowser.Entry, FileBrowser.Entry) -> Bool = { NaturalOrder.precedes($0.name, $1.name) }
        let up: [FileBrowser.Entry] =
            path == "/" ? [] : [.init(name: "../", path: Folder.absolute(path + "/.."), isFolder: true)]
        return up + folders.sorted(by: byName) + files.sorted(by: byName)
    }
}
