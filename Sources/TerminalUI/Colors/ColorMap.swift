/// Numbers as colours: even to the eye, and told apart by lightness alone.
public enum ColorMap: CaseIterable, Sendable {
    /// From 0 to 1, the more the farther from the background.
    case sequential
    /// From -1 to 1, blue below and orange above a middle near the background.
    case diverging

    /// What colours are seen against.
    public enum Ground: CaseIterable, Sendable { case dark, light }

    /// The least number that it shows.
    var least: Double { self == .sequential ? 0 : -1 }

    /// The colour of a number, which is brought into the map's limits.
    public func color(_ number: Double, on ground: Ground) -> RGB {
        let table = Self.tables[place(ground)]
        return table[index(number, of: table.count)]
    }

    /// The nearest colours of the 256-colour palette, in which lightness runs the same way.
    func paletteIndex(_ number: Double, on ground: Ground) -> Int16 {
        let table = Self.paletteTables[place(ground)]
        return table[index(number, of: table.count)]
    }

    /// For terminals with eight colours, from the least to the most; -1 is nothing.
    func fewColors(on ground: Ground) -> [Int16] {
        switch (self, ground) {
        case (.sequential, .dark): [4, 5, 6, 3, 7]
        case (.sequential, .light): [3, 6, 5, 4, 0]
        case (.diverging, .dark): [6, 4, -1, 1, 3]
        case (.diverging, .light): [4, 6, -1, 3, 1]
        }
    }

    private func place(_ ground: Ground) -> Int { (self == .sequential ? 0 : 2) + (ground == .dark ? 0 : 1) }

    func index(_ number: Double, of count: Int) -> Int {
        let share = (number - least) / (1 - least)
        // What is not a number is not the largest one.
        guard share > 0 else { return 0 }
        return min(count - 1, Int(share * Double(count)))
    }

    // MARK: Tables

    private static let steps = 256

    /// Sequential on dark and on light, then diverging.
    private static let tables: [[RGB]] = [
        even(blueToYellow), even(blueToYellow.reversed()),
        even(arm(lightness: (0.30, 0.86), hue: 235, chroma: 0.12).reversed())
            + even(arm(lightness: (0.30, 0.86), hue: 65, chroma: 0.15)),
        even(arm(lightness: (0.95, 0.42), hue: 255, chroma: 0.15).reversed())
            + even(arm(lightness: (0.95, 0.42), hue: 45, chroma: 0.14)),
    ]

    /// Lightness rises in equal steps while the hue turns from blue over green to yellow.
    private static let blueToYellow: [Oklab] = {
        let stops: [(hue: Double, chroma: Double)] = [(272, 0.12), (260, 0.13), (215, 0.10), (155, 0.14), (108, 0.17)]
        return (0...1_024).map { step in
            let share = Double(step) / 1_024, place = min(3, Int(share * 4)), rest = share * 4 - Double(place)
            let (low, high) = (stops[place], stops[place + 1])
            return Oklab(
                lightness: 0.27 + 0.68 * share, chroma: low.chroma + (high.chroma - low.chroma) * rest,
                hue: low.hue + (high.hue - low.hue) * rest)
        }
    }()

    /// From grey to a colour.
    private static func arm(lightness: (from: Double, to: Double), hue: Double, chroma: Double) -> [Oklab] {
        (0...512).map { step in
            let share = Double(step) / 512
            return Oklab(
                lightness: lightness.from + (lightness.to - lightness.from) * share, chroma: chroma * share, hue: hue)
        }
    }

    /// As many colours as a table has, at equal distances along a path.
    private static func even(_ path: [Oklab]) -> [RGB] {
        // What screens can show of the path.
        let colors = path.map { $0.color }, shown = colors.map { Oklab($0) }
        var along = [0.0]
        for (before, next) in zip(shown, shown.dropFirst()) { along.append(along.last! + before.distance(to: next)) }
        let count = steps / 2, whole = along.last!
        var place = 0
        return (0..<count).map { step in
            let wanted = whole * Double(step) / Double(count - 1)
            while place + 1 < along.count, along[place + 1] <= wanted { place += 1 }
            return colors[place]
        }
    }

    private static let paletteTables: [[Int16]] = tables.enumerated().map { number, table in
        // Sequential maps run one way; diverging ones from and to the middle.
        let isDiverging = number >= 2, isDark = number % 2 == 0
        guard isDiverging else { return nearest(table, isRising: isDark) }
        let half = table.count / 2
        return nearest(Array(table[..<half]).reversed(), isRising: isDark).reversed()
            + nearest(Array(table[half...]), isRising: isDark)
    }

    /// The palette's nearest colours, none of which runs back in lightness.
    private static func nearest(_ table: [RGB], isRising: Bool) -> [Int16] {
        let palette = (16..<256).map { (index: Int16($0), color: Oklab(RGB(paletteIndex: $0))) }
        var last: Double?
        return table.map { color in
            let wanted = Oklab(color)
            let allowed = palette.filter { entry in
                guard let last else { return true }
                return isRising ? entry.color.lightness >= last : entry.color.lightness <= last
            }
            let best = allowed.min { $0.color.distance(to: wanted) < $1.color.distance(to: wanted) } ?? palette[0]
            last = best.color.lightness
            return best.index
        }
    }
}

extension Theme {
    /// The colour of a number; nil where the terminal has none, or where the number is the map's nothing.
    func color(_ number: Double, _ map: ColorMap) -> Color? {
        switch tier {
        case .mono: return nil
        case .eight:
            let colors = map.fewColors(on: ground), index = colors[map.index(number, of: colors.count)]
            return index < 0 ? nil : Color(index: index)
        case .palette: return Color(index: map.paletteIndex(number, on: ground))
        case .direct: return Color(map.color(number, on: ground))
        }
    }
}
