import Checkpoints
import Quantization
import TensorFiles
import Tensors

/// Going from screen to screen, and the walks over files that some of them show.
extension ExplorerState {
    mutating func choose(_ next: Screen) -> [Request] {
        guard next != screen else { return [] }
        lastFocus[screen] = focus
        screen = next
        focus = lastFocus[next] ?? next.firstPanel
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
    mutating func walkRequests() -> [Request] {
        switch screen {
        case .model: scanRequests()
        case .compare: comparison.other == nil ? [] : pairRequests()
        case .tensor, .channels, .lab: model.scan.map { $0.recipe != recipe } ?? false ? [.walk(.none)] : []
        }
    }

    mutating func pauseWalk() -> [Request] {
        if screen == .lab { return pauseLab() }
        guard screen == .model || screen == .compare && comparison.other != nil else {
            say(Words.nothingToPause)
            return []
        }
        let isPaused: Bool
        if screen == .model {
            model.isPaused.toggle()
            isPaused = model.isPaused
        } else {
            isPaused = !(comparison.other?.isPaused ?? false)
            comparison.other?.isPaused = isPaused
            comparison.other?.problem = nil
        }
        say(isPaused ? Words.walkPaused : Words.walkGoesOn)
        return isPaused ? [.walk(.none)] : walkRequests()
    }

    // MARK: What keys mean on one screen alone

    /// Letters that switch something of the tensor screen's plots switch something else elsewhere; nil where they do not.
    mutating func reduceOnScreen(_ action: Action) -> [Request]? {
        switch (screen, action) {
        case (.channels, .orderSwitched): return stepStripOrder()
        case (.channels, .coverageSwitched): return focus == .heatMap ? stepAxes() : stepStripKind()
        case (.channels, .countScaleSwitched):
            let all = HeatMap.Layer.allCases
            channels.layer = all[(channels.layer.rawValue + 1) % all.count]
            return []
        case (.channels, .axisScaleSwitched):
            let all = HeatMap.Measure.allCases
            channels.measure = all[(channels.measure.rawValue + 1) % all.count]
            return []
        case (.channels, .rangeStepped(let forward)): return moveStrip(by: forward ? 1 : -1)
        case (.model, .orderSwitched):
            model.isReversed.toggle()
            return rank()
        case (.model, .matchStepped(let forward)): return moveRank(by: forward ? 1 : -1)
        case (.model, .removed): return removeRanked()
        case (.compare, .removed): return removePin()
        case (_, .removed):
            say(Words.nothingToRemove)
            return []
        case (.channels, .axisZoomed), (.channels, .axisShown), (.channels, .clipStepped), (.compare, .axisZoomed),
            (.compare, .axisShown), (.compare, .clipStepped), (.compare, .countScaleSwitched),
            (.compare, .axisScaleSwitched), (.compare, .coverageSwitched), (.model, .axisZoomed), (.model, .axisShown),
            (.model, .clipStepped), (.model, .countScaleSwitched), (.model, .axisScaleSwitched),
            (.model, .coverageSwitched), (.model, .rangeStepped), (.lab, .axisZoomed), (.lab, .axisShown),
            (.lab, .clipStepped), (.lab, .countScaleSwitched), (.lab, .axisScaleSwitched):
            say(Words.onlyOnTensorScreen)
            return []
        case (.lab, .coverageSwitched): return stepLabCurves()
        case (.lab, .rangeStepped(let forward)): return stepLabLayer(forward: forward)
        case (.lab, .settingStepped(let setting, let forward)): return stepLabRecipe(setting, forward: forward)
        case (.lab, .undone), (.lab, .redone), (.lab, .pinSwitched), (.lab, .orderSwitched), (.lab, .filterOpened),
            (.lab, .matchStepped):
            say(Words.onlyOnTensorScreen)
            return []
        case (.compare, .orderSwitched):
            say(Words.worstFirstAlways)
            return []
        default: return nil
        }
    }
}
