import Basics
import Checkpoints
import Quantization
import TensorFiles
import Tensors

/// Files and sessions: asked for here, read and written elsewhere.
extension ExplorerState {
    // MARK: The browser

    mutating func openBrowser() -> [Request] {
        let path = hasSamples ? Folder.current : Folder.absolute(file.path)
        let folder = hasSamples || Folder.isFolder(path) ? path : Folder.absolute(path + "/..")
        overlay = .files(FileBrowser(folder: folder))
        return [.files(.list(folder: folder))]
    }

    mutating func reduceFiles(_ action: Action, _ browser: FileBrowser) -> [Request]? {
        var browser = browser
        let last = browser.listed.count - 1
        switch action {
        case .edited(let edit):
            if edit == .eraseBackward, browser.filter.isEmpty { return enter(Folder.absolute(browser.folder + "/..")) }
            browser.filter.apply(edit)
            browser.selection = 0
        case .pasted(let text):
            browser.filter.apply(.insert(text))
            browser.selection = 0
        case .moved(let motion), .movedIn(_, let motion):
            browser.selection = max(0, min(last, browser.selection + offset(of: motion, length: last + 1)))
        case .overlayRowPointed(let row):
            let isSelected = browser.selection == row
            browser.selection = max(0, min(last, row))
            if isSelected, let requests = choose(browser) { return requests }
        case .entered, .completed: if let requests = choose(browser) { return requests }
        case .escaped:
            guard !browser.filter.isEmpty else {
                overlay = nil
                return []
            }
            browser.filter = LineEditor()
        case .pointed:
            overlay = nil
            return []
        default: break
        }
        overlay = .files(browser)
        return []
    }

    private mutating func enter(_ folder: String) -> [Request] {
        overlay = .files(FileBrowser(folder: folder))
        return [.files(.list(folder: folder))]
    }

    private mutating func choose(_ browser: FileBrowser) -> [Request]? {
        let listed = browser.listed
        guard listed.indices.contains(browser.selection) else { return nil }
        let entry = listed[browser.selection]
        // A folder may itself be a checkpoint of several files: `:open FOLDER` takes it whole.
        return entry.isFolder ? enter(entry.path) : open(path: entry.path)
    }

    mutating func takeFolder(_ path: String, _ result: Result<[FileBrowser.Entry], FileError>) -> [Request] {
        guard case .files(var browser) = overlay, browser.folder == path else { return [] }
        switch result {
        case .success(let entries):
            let recent = recentFiles.prefix(5).map {
                FileBrowser.Entry(name: $0, path: $0, isFolder: false, isRecent: true)
            }
            browser.entries = entries + recent
        case .failure(let error):
            browser.entries = []
            browser.problem = error.description
        }
        overlay = .files(browser)
        return []
    }

    // MARK: Opening

    /// Asks for a checkpoint or a session.
    mutating func open(path: String) -> [Request] {
        say(Words.opening(ScreenText.safe(path)))
        return [.files(.open(path: path))]
    }

    /// A file may be open only after other things were begun: what they opened stays.
    private mutating func closeBrowser() {
        if case .files = overlay { overlay = nil }
    }

    mutating func takeFile(_ path: String, _ result: Result<TensorFile, FileError>) -> [Request] {
        switch result {
        case .success(let opened):
            closeBrowser()
            remember(path)
            let left = session
            take(opened, tensorName: nil)
            say(
                Words.opened(
                    ScreenText.safe(path), count: opened.tensors.count,
                    withoutValues: opened.unreadableCount, warnings: opened.warnings.count)
                    + (storedWords.map { "; " + $0 } ?? ""))
            return [.files(.keep(left)), .scoreOutliers(ScoreRequest(file: fileNumber, tensors: [])), request()]
                + walkOfNewFile()
        case .failure(let error):
            if case .files(var browser) = overlay {
                browser.problem = error.description
                overlay = .files(browser)
            }
            warn(error.description)
            return []
        }
    }

    mutating func takeSession(
        _ record: Result<SessionRecord, FileError>, _ file: Result<TensorFile, FileError>?
    ) -> [Request] {
        do throws(FileError) {
            let record = try record.get()
            guard let opened = try file?.get() else { return [] }
            closeBrowser()
            let left = session
            take(opened, tensorName: record.tensor)
            say(
                Words.opened(
                    ScreenText.safe(opened.path), count: opened.tensors.count,
                    withoutValues: opened.unreadableCount, warnings: opened.warnings.count)
                    + (storedWords.map { "; " + $0 } ?? ""))
            resume(record)
            return [.files(.keep(left)), .scoreOutliers(ScoreRequest(file: fileNumber, tensors: [])), request()]
                + walkOfNewFile() + openWantedOther()
        } catch {
            if case .files(var browser) = overlay {
                browser.problem = error.description
                overlay = .files(browser)
            }
            warn(error.description)
            return []
        }
    }

    /// The file that a session compares with.
    func openWantedOther() -> [Request] {
        wantedOther.map { [.files(.openOther(path: $0, with: file, file: fileNumber))] } ?? []
    }

    /// The walk over the file before ends where the screen has none of its own.
    private mutating func walkOfNewFile() -> [Request] {
        let requests = walkRequests()
        return requests.isEmpty ? [.walk(.none)] : requests
    }

    mutating func takeWritten(_ path: String, _ error: FileError?) -> [Request] {
        if let error { warn(error.description) } else { say(Words.saved(ScreenText.safe(path))) }
        return []
    }

    /// How the open tensor is stored, where it was quantized before.
    var storedWords: String? {
        guard let form = tensor.storedForm, tensor.count > 0 else { return nil }
        let bits = Double(tensor.byteCount) * 8 / Double(tensor.count)
        return Words.storedFirst(form.method, bits: NumberText.significant(bits, digits: 3))
    }

    public mutating func remember(_ path: String) {
        let whole = Folder.absolute(path)
        recentFiles.removeAll { $0 == whole }
        recentFiles.insert(whole, at: 0)
        if recentFiles.count > 50 { recentFiles.removeLast() }
    }

    // MARK: The command line

    /// What prints the same numbers without the explorer, quoted for a shell.
    var commandLine: String {
        if let line = ScreenCatalog[screen].commandLine(self) { return line }
        return commandLine(
            "inspect",
            [("recipe", recipe.description), ("importance", file.importance), ("activations", activations?.path)])
    }

    /// A command on the open tensor with options, quoted for a shell; the built-in samples are written first.
    func commandLine(
        _ command: String, _ options: [(name: String, value: String?)], hasTensor: Bool = true
    ) -> String {
        let folder = Words.samplesFolder, path = hasSamples ? folder : file.path
        let name = file.tensors.count == 1 || !hasTensor ? "" : " " + Self.quoted(tensor.name)
        let words = options.compactMap { option in option.value.map { " --\(option.name) \(Self.quoted($0))" } }
        let line = "qlens \(command) \(Self.quoted(path))\(name)" + words.joined()
        return hasSamples ? "qlens samples \(folder) && \(line)" : line
    }

    static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "_-./:,@+".utf8.contains(byte)
                }
            }
        if isPlain, !word.hasPrefix("-") { return word }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
