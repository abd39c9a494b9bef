public import Quantization
import Tensors

/// The Channels screen.
extension ExplorerState {
    /// What strips are: as chosen, else what tells most.
    public var stripKind: StripKind { channels.kind ?? StripKind.usual(recipe, tensor.shape) }

    /// The axes of the picture.
    public var heatAxes: (row: Int, column: Int) {
        let pairs = ChannelsState.axisPairs(tensor.shape)
        return pairs[channels.axes % pairs.count]
    }

    mutating func stepStripOrder() -> [Request] {
        let all = StripProfiles.Order.allCases
        let place = all.firstIndex(of: channels.order) ?? 0
        channels.order = all[(place + 1) % all.count]
        sortStrips()
        channels.strip = nil
        say(Words.stripsSorted(by: channels.order))
        return []
    }

    mutating func stepStripKind() -> [Request] {
        let all = StripKind.all(tensor.shape)
        guard all.count > 1 else {
            say(Words.oneKindOfStrip)
            return []
        }
        let place = all.firstIndex(of: stripKind) ?? 0
        channels.kind = all[(place + 1) % all.count]
        channels.strip = nil
        results[StripsQuestion.self] = nil
        say(Words.stripsAre(stripKind))
        return [request(keepsEvaluation: true)]
    }

    mutating func stepAxes() -> [Request] {
        let pairs = ChannelsState.axisPairs(tensor.shape)
        guard pairs.count > 1 else {
            say(Words.onePairOfAxes)
            return []
        }
        channels.axes = (channels.axes + 1) % pairs.count
        results[HeatMapQuestion.self] = nil
        channels.cell = (0, 0)
        return [request(keepsEvaluation: true)]
    }

    mutating func moveStrip(by offset: Int) -> [Request] {
        guard let strips, let profiles = strips.profiles, !strips.sorted.isEmpty else {
            say(reasonForWaiting)
            return []
        }
        let place = max(0, min(strips.sorted.count - 1, stripCursor + offset))
        channels.strip = profiles.strips[strips.sorted[place]].number
        return []
    }

    mutating func point(toStrip place: Int) -> [Request] {
        focus = .strips
        guard let strips, let profiles = strips.profiles, strips.sorted.indices.contains(place) else { return [] }
        // Pointing at what is selected opens it, as a double click does.
        if stripCursor == place { return openStrip() }
        channels.strip = profiles.strips[strips.sorted[place]].number
        return []
    }

    /// Goes to the strip's range on the tensor screen.
    mutating func openStrip() -> [Request] {
        guard let strips, let profiles = strips.profiles, strips.sorted.indices.contains(stripCursor) else {
            say(reasonForWaiting)
            return []
        }
        return open(range: profiles.strips[strips.sorted[stripCursor]].range)
    }

    private mutating func open(range: Int) -> [Request] {
        chosenRange = range
        (window, cursor) = (nil, nil)
        lastFocus[.tensor] = .distribution
        return choose(.tensor)
    }

    mutating func moveCell(_ motion: Action.Motion) -> [Request] {
        guard let map = heatMap else {
            say(reasonForWaiting)
            return []
        }
        var (row, column) = channels.cell
        switch motion {
        case .left: column -= 1
        case .right: column += 1
        case .first: (row, column) = (0, 0)
        case .last: (row, column) = (map.rows - 1, map.columns - 1)
        case .up, .down, .pageUp, .pageDown, .halfPageUp, .halfPageDown: row += offset(of: motion, length: map.rows)
        }
        channels.cell = (max(0, min(map.rows - 1, row)), max(0, min(map.columns - 1, column)))
        return []
    }

    mutating func point(toCell row: Int, _ column: Int) -> [Request] {
        focus = .heatMap
        guard let map = heatMap, row < map.rows, column < map.columns else { return [] }
        if channels.cell == (row, column) { return openCell() }
        channels.cell = (row, column)
        return []
    }

    /// Goes to the range that the cell's first element belongs to.
    mutating func openCell() -> [Request] {
        guard let map = heatMap, let layout = try? recipe.layout(of: tensor) else {
            say(reasonForWaiting)
            return []
        }
        let shape = tensor.shape
        let first = map.rowIndices(min(channels.cell.row, map.rows - 1)).lowerBound
        let second = map.columnIndices(min(channels.cell.column, map.columns - 1)).lowerBound
        let element =
            shape.rank < 2
            ? second
            : first * shape.product(from: map.rowAxis + 1) + second * shape.product(from: map.columnAxis + 1)
        return open(range: layout.range(ofElement: min(element, max(0, layout.count - 1))))
    }
}
