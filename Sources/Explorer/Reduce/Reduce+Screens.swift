import Checkpoints
import Quantization
import TensorFiles
import Tensors

/// Going from screen to screen, and the walks over files that some of them show.
extension ExplorerState {
    mutating func choose(_ next: ScreenID) -> [Request] {
        guard next != screen else { return [] }
        lastFocus[screen] = focus
        screen = next
        focus = lastFocus[next] ?? ScreenCatalog[next].firstPanel
        isZoomed = false
        isFiltering = false
        return [request(keepsEvaluation: true)] + walkRequests()
    }

    /// The next panel of the screen.
    mutating func moveFocus(forward: Bool) {
        let panels = screen.panels, count = panels.count
        let place = panels.firstIndex(of: focus) ?? 0
        focus = panels[(place + (forward ? 1 : count - 1)) % count]
    }

    /// The walk that the screen shows.
    mutating func walkRequests() -> [Request] { ScreenCatalog[screen].walk(&self) }

    mutating func pauseScan() -> [Request] {
        model.isPaused.toggle()
        return sayPaused(model.isPaused)
    }

    mutating func pauseComparison() -> [Request] {
        guard let other = comparison.other else {
            say(Words.nothingToPause)
            return []
        }
        comparison.other?.isPaused = !other.isPaused
        comparison.other?.problem = nil
        return sayPaused(!other.isPaused)
    }

    private mutating func sayPaused(_ isPaused: Bool) -> [Request] {
        say(isPaused ? Words.walkPaused : Words.walkGoesOn)
        return isPaused ? [.walk(.none)] : walkRequests()
    }

    /// What an action does on the present screen; nil where it does what it does on most.
    mutating func reduceOnScreen(_ action: Action) -> [Request]? {
        guard let kind = ScreenAction(action) else { return nil }
        switch ScreenCatalog[screen].actions[kind] {
        case .usual: return nil
        case .own(let body): return body(action, &self)
        case nil:
            say(Words.notOnThisScreen(ScreenCatalog.names(taking: kind)))
            return []
        }
    }
}
