public import Quantization
import Tensors

/// The Channels screen.
extension ExplorerState {
    /// What strips are: as chosen, else what tells most.
    public var stripKind: StripKind { channels.kind ?? StripKind.usual(tensor.shape) }

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
        (channels.strip, channels.anchor) = (nil, nil)
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
        (channels.strip, channels.anchor) = (nil, nil)
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
        (channels.part, channels.cell) = (nil, (0, 0))
        return [request(keepsEvaluation: true)]
    }

    mutating func moveStrip(by offset: Int) -> [Request] {
        guard let strips, let profiles = strips.profiles, !strips.sorted.isEmpty else {
            say(reasonForWaiting)
            return []
        }
        let place = max(0, min(strips.sorted.count - 1, stripCursor + offset))
        return go(toStrip: place, profiles, strips.sorted)
    }

    /// On another page other strips are looked at closely.
    private mutating func go(toStrip place: Int, _ profiles: StripProfiles, _ sorted: [Int]) -> [Request] {
        let page = ChannelsState.page(self), before = stripCursor / page
        channels.strip = profiles.strips[sorted[place]].number
        guard place / page != before else { return [] }
        channels.anchor = channels.strip
        return []
    }

    mutating func point(toStrip place: Int) -> [Request] {
        focus = .strips
        guard let strips, let profiles = strips.profiles, strips.sorted.indices.contains(place) else { return [] }
        // Pointing at what is selected opens it, as a double click does.
        if stripCursor == place { return openStrip() }
        return go(toStrip: place, profiles, strips.sorted)
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
        coverage = .range
        if !isAxisLocked { window = nil }
        cursor = nil
        lastFocus[.tensor] = .distribution
        return choose(.tensor)
    }

    mutating func moveCell(_ motion: Action.Motion) -> [Request] {
        guard let map = heatMap else {
            say(reasonForWaiting)
            return []
        }
        var (row, column) = channels.cell
        channels.center = nil
        switch motion {
        case .left: column -= 1
        case .right: column += 1
        case .first: (row, column) = (0, 0)
        case .last: (row, column) = (map.rows - 1, map.columns - 1)
        case .up, .down, .pageUp, .pageDown, .halfPageUp, .halfPageDown: row += offset(of: motion, length: map.rows)
        }
        let inside = (row: max(0, min(map.rows - 1, row)), column: max(0, min(map.columns - 1, column)))
        if channels.part != nil, inside != (row, column),
            let moved = movedPart(map, rows: row - inside.row, columns: column - inside.column)
        {
            channels.cell = inside
            return showPart(moved)
        }
        channels.cell = inside
        return []
    }

    // MARK: Zoom

    /// The shown part moved by some cells, as far as the tensor goes; nil where it is at its end.
    private func movedPart(_ map: HeatMap, rows: Int, columns: Int) -> HeatMap.Part? {
        let whole = pictureExtents
        func moved(_ part: Range<Int>, _ cells: Int, _ shown: Int, _ extent: Int) -> Range<Int> {
            let wanted = part.lowerBound + cells * max(1, part.count / shown)
            let start = max(0, min(extent - part.count, wanted))
            return start..<start + part.count
        }
        // From what was asked for last, which may not be on the screen yet.
        let now = channels.part ?? map.part
        let part = HeatMap.Part(
            rows: moved(now.rows, rows, map.rows, whole.rows),
            columns: moved(now.columns, columns, map.columns, whole.columns))
        return part == now ? nil : part
    }

    /// The extents of the picture's axes.
    private var pictureExtents: (rows: Int, columns: Int) {
        let shape = tensor.shape, axes = heatAxes
        return shape.rank < 2 ? (1, shape.count) : (shape.extents[axes.row], shape.extents[axes.column])
    }

    /// Shows half as many indices of both axes around the cursor's cell, or twice as many.
    mutating func zoomPicture(inward: Bool) -> [Request] {
        focus = .heatMap
        guard let map = heatMap else {
            say(reasonForWaiting)
            return []
        }
        let whole = pictureExtents
        let center =
            channels.center
            ?? (
                map.rowIndices(channels.cell.row).lowerBound, map.columnIndices(channels.cell.column).lowerBound
            )
        func scaled(_ part: Range<Int>, around index: Int, least: Int, extent: Int) -> Range<Int> {
            let count = inward ? max(min(least, part.count), part.count / 2) : min(extent, part.count * 2)
            let share = Double(index - part.lowerBound) / Double(part.count)
            let start = index - Int((share * Double(count)).rounded(.down))
            let first = max(0, min(extent - count, start))
            return first..<first + count
        }
        let now = channels.part ?? map.part
        let part = HeatMap.Part(
            rows: scaled(now.rows, around: center.row, least: 4, extent: whole.rows),
            columns: scaled(now.columns, around: center.column, least: 4, extent: whole.columns))
        guard part != now else {
            say(inward ? Words.noCloserPicture : Words.wholePicture)
            return []
        }
        let all = HeatMap.Part(rows: 0..<whole.rows, columns: 0..<whole.columns)
        channels.center = center
        return showPart(part == all ? nil : part)
    }

    mutating func showPart(_ part: HeatMap.Part?) -> [Request] {
        guard part != channels.part else {
            if part == nil { say(Words.wholePicture) }
            return []
        }
        channels.part = part
        return [request(keepsEvaluation: true)]
    }

    mutating func point(toCell row: Int, _ column: Int) -> [Request] {
        focus = .heatMap
        guard let map = heatMap, row < map.rows, column < map.columns else { return [] }
        if channels.cell == (row, column) { return openCell() }
        (channels.cell, channels.center) = ((row, column), nil)
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
