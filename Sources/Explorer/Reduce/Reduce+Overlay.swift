import Quantization
import TensorFiles

/// Keys that belong to what lies over the panels.
extension ExplorerState {
    /// The answer of an overlay to an action; nil where the panels are to answer.
    mutating func reduceOverlay(_ action: Action, _ overlay: Overlay) -> [Request]? {
        switch action {
        case .started, .mouseSwitched, .unknownKey: return nil
        default: break
        }
        switch overlay {
        case .keys(let page): return reduceKeys(action, page)
        case .help, .explanation, .log, .file, .stored: return reducePage(action, overlay)
        case .conventions(let pair): return reduceConventions(action, pair)
        case .formats(let table): return reduceFormats(action, table)
        case .picker(let picker): return reducePicker(action, picker)
        case .prompt(let prompt): return reducePrompt(action, prompt)
        case .files(let browser): return reduceFiles(action, browser)
        }
    }

    // MARK: Pages of text

    private mutating func reducePage(_ action: Action, _ overlay: Overlay) -> [Request]? {
        switch action {
        case .moved(let motion), .movedIn(_, let motion):
            let limit = overlayScrollLimit
            let scroll = min(overlay.scroll ?? 0, limit)
            self.overlay = overlay.scrolled(to: max(0, min(scroll + offset(of: motion, length: limit), limit)))
        case .entered:
            self.overlay = nil
            if case .stored = overlay, let recipe = storedLook?.recipe { return change(to: recipe) }
        case .escaped, .quitPressed: self.overlay = nil
        case .fileShown:
            if case .file = overlay { self.overlay = nil } else { return closed() }
        case .storedShown:
            if case .stored = overlay { self.overlay = nil } else { return closed() }
        case .helpSwitched:
            if case .help = overlay { self.overlay = nil } else { self.overlay = .help(scroll: 0) }
        case .explanationAsked:
            if case .explanation = overlay { self.overlay = nil } else { return closed() }
        case .promptOpened, .filesOpened: return closed()
        case .overlayRowPointed, .edited, .completed, .pasted: break
        case .pointed:
            self.overlay = nil
        default: say(Words.closeFirst)
        }
        return []
    }

    /// `/` looks among all keys, `?` shows all of them.
    private mutating func reduceKeys(_ action: Action, _ page: KeyPage) -> [Request]? {
        var page = page
        switch action {
        case .filterOpened: page.search = LineEditor()
        case .edited(let edit): page.search?.apply(edit)
        case .pasted(let text): page.search?.apply(.insert(text))
        case .escaped where page.search != nil: page.search = nil
        case .entered where page.search != nil: return []
        case .helpSwitched:
            overlay = .help(scroll: 0)
            return []
        default: return reducePage(action, .keys(page))
        }
        overlay = .keys(page)
        return []
    }

    private mutating func closed() -> [Request]? {
        overlay = nil
        return nil
    }

    // MARK: Conventions

    /// Up and down choose the first, left and right the second; Enter takes the first.
    private mutating func reduceConventions(_ action: Action, _ pair: ConventionPair) -> [Request]? {
        var pair = pair
        switch action {
        case .moved(let motion), .movedIn(_, let motion):
            switch motion {
            case .up: pair.first = ConventionPair.moved(pair.first, by: -1)
            case .down: pair.first = ConventionPair.moved(pair.first, by: 1)
            case .left: pair.second = ConventionPair.moved(pair.second, by: -1)
            case .right: pair.second = ConventionPair.moved(pair.second, by: 1)
            case .first, .last, .pageUp, .pageDown, .halfPageUp, .halfPageDown:
                return reducePage(action, .conventions(pair))
            }
            overlay = .conventions(pair)
            return []
        case .focusMoved(let forward):
            pair.second = ConventionPair.moved(pair.second, by: forward ? 1 : -1)
            overlay = .conventions(pair)
            return []
        case .entered:
            overlay = nil
            let convention = ConventionPair.all[pair.first]
            guard convention?.hasAsymmetric != false || recipe.mapping != .asymmetric else {
                say(Words.noZeroPoints(convention))
                return []
            }
            return change(to: recipe.following(convention))
        case .conventionsCompared:
            overlay = nil
            return []
        default: return reducePage(action, overlay ?? .conventions(pair))
        }
    }

    // MARK: The picker

    private mutating func reducePicker(_ action: Action, _ picker: Picker) -> [Request]? {
        var picker = picker
        switch action {
        case .edited(let edit): picker.edit(edit)
        case .pasted(let text): picker.edit(.insert(text))
        case .moved(let motion), .movedIn(_, let motion):
            picker.select(offset: offset(of: motion, length: picker.choices.count))
        case .completed(let forward): picker.moveField(forward: forward)
        case .overlayRowPointed(let row):
            let isSelected = picker.selection == row && picker.activeField == nil
            picker.select(offset: row - picker.selection)
            if isSelected { return take(picker) }
        case .entered: return take(picker)
        case .escaped:
            if picker.activeField != nil {
                picker.activeField = nil
            } else if !picker.filter.isEmpty {
                picker.edit(.end)
                picker.edit(.eraseToStart)
            } else {
                overlay = nil
                return []
            }
        case .pointed:
            overlay = nil
            return []
        default: break
        }
        overlay = .picker(picker)
        return []
    }

    /// Enter: to the field first where there is one that was not looked at, then takes the choice.
    private mutating func take(_ picker: Picker) -> [Request] {
        var picker = picker
        switch picker.result {
        case .success(let next):
            if picker.activeField == nil, let selected = picker.selected, !picker.fields[selected].isEmpty,
                picker.filter.isEmpty
            {
                picker.activeField = 0
                overlay = .picker(picker)
                return []
            }
            overlay = nil
            return change(to: next)
        case .failure(let problem):
            if picker.activeField == nil, let selected = picker.selected, !picker.fields[selected].isEmpty {
                picker.activeField = 0
            } else {
                say(problem.text)
            }
            overlay = .picker(picker)
            return []
        }
    }

    // MARK: The prompt

    private mutating func reducePrompt(_ action: Action, _ prompt: Prompt) -> [Request]? {
        var prompt = prompt
        switch action {
        case .edited(let edit):
            if edit == .eraseBackward, prompt.editor.isEmpty {
                overlay = nil
                return []
            }
            prompt.editor.apply(edit)
            prompt.historyPosition = nil
            offer(&prompt)
        case .pasted(let text):
            prompt.editor.apply(.insert(text))
            offer(&prompt)
        case .completed(let forward):
            if prompt.completing == nil || prompt.candidates.isEmpty,
                let path = CommandCatalog.path(in: prompt.editor.string)
            {
                let folder = hasSamples ? nil : Folder.isFolder(file.path) ? file.path : file.path + "/.."
                return [.files(.complete(line: prompt.editor.string, path: path, folder: folder))]
            }
            complete(&prompt, forward: forward)
        case .moved(.up): recall(&prompt, -1)
        case .moved(.down): recall(&prompt, 1)
        case .escaped, .pointed:
            overlay = nil
            return []
        case .overlayRowPointed(let row):
            if prompt.candidates.indices.contains(row) { choose(&prompt, row) }
        case .entered: return run(prompt)
        default: break
        }
        overlay = .prompt(prompt)
        return []
    }

    /// Paths that were found for a line, which may not be there any more.
    mutating func takePaths(_ line: String, _ found: [Prompt.Candidate]) -> [Request] {
        guard case .prompt(var prompt) = overlay, prompt.editor.string == line, prompt.selected == nil else {
            return []
        }
        let known = Set(found.map { $0.text })
        let recent = CommandCatalog.completions(of: line, in: self).filter { !known.contains($0.text) }
        prompt.candidates = found + recent
        prompt.completing = line
        if prompt.candidates.isEmpty {
            prompt.problem = Words.nothingToComplete
        } else {
            choose(&prompt, 0)
        }
        overlay = .prompt(prompt)
        return []
    }

    /// What the line may become, for the eye; Tab begins to take it.
    func offer(_ prompt: inout Prompt) {
        prompt.candidates = CommandCatalog.completions(of: prompt.editor.string, in: self)
        prompt.selected = nil
        prompt.completing = nil
        prompt.problem = nil
    }

    /// Tab: the only candidate, or each in turn.
    private func complete(_ prompt: inout Prompt, forward: Bool) {
        if prompt.completing == nil || prompt.candidates.isEmpty {
            prompt.completing = prompt.editor.string
            prompt.candidates = CommandCatalog.completions(of: prompt.editor.string, in: self)
            prompt.selected = nil
            guard !prompt.candidates.isEmpty else {
                prompt.problem = Words.nothingToComplete
                return
            }
        }
        let count = prompt.candidates.count
        let next = ((prompt.selected ?? (forward ? -1 : count)) + (forward ? 1 : count - 1)) % count
        choose(&prompt, next)
    }

    private func choose(_ prompt: inout Prompt, _ index: Int) {
        let base = prompt.completing ?? prompt.editor.string
        let start = base.lastIndex(of: " ").map { base.index(after: $0) } ?? base.startIndex
        // Names of tensors and files may hold blanks: they replace everything after the command.
        let candidate = prompt.candidates[index].text
        let kept = CommandCatalog.replacedPart(of: base) ?? String(base[..<start])
        prompt.editor = LineEditor(
            kept + candidate + (prompt.candidates.count == 1 && !candidate.hasSuffix("/") ? " " : ""))
        prompt.selected = index
        if prompt.candidates.count == 1 { offer(&prompt) }
    }

    private func recall(_ prompt: inout Prompt, _ step: Int) {
        guard !history.isEmpty else { return }
        if prompt.historyPosition == nil { prompt.draft = prompt.editor.string }
        let next = (prompt.historyPosition ?? history.count) + step
        if next >= history.count {
            prompt.historyPosition = nil
            prompt.editor = LineEditor(prompt.draft)
        } else if next >= 0 {
            prompt.historyPosition = next
            prompt.editor = LineEditor(history[next])
        }
        prompt.candidates = []
        prompt.completing = nil
        prompt.problem = nil
    }

    /// Enter: what cannot be done leaves the line as it is, with the reason under it.
    private mutating func run(_ prompt: Prompt) -> [Request] {
        var words = prompt.editor.string[...]
        while words.last == " " { words = words.dropLast() }
        while words.first == " " || words.first == ":" { words = words.dropFirst() }
        let line = String(words)
        guard !line.isEmpty else {
            overlay = nil
            return []
        }
        overlay = nil
        switch CommandCatalog.run(line, on: &self) {
        case .success(let requests):
            history.removeAll { $0 == line }
            history.append(line)
            if history.count > 500 { history.removeFirst() }
            return requests
        case .failure(let problem):
            var prompt = prompt
            prompt.problem = problem.text
            prompt.candidates = []
            prompt.completing = nil
            overlay = .prompt(prompt)
            return []
        }
    }
}
