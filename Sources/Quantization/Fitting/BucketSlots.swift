/// The sums of the values of every bucket, by the upper sixteen bits of their patterns.
final class BucketSums {
    private let sums: UnsafeMutablePointer<Double>

    init() {
        // Two tables, so that neighbours that fall into one bucket do not wait for each other.
        sums = .allocate(capacity: 2 << 16)
        sums.initialize(repeating: 0, count: 2 << 16)
    }

    deinit { sums.deallocate() }

    func add(_ values: UnsafePointer<Float>, _ count: Int) {
        let second = sums + (1 << 16)
        var i = 0
        while i &+ 1 < count {
            let a = values[i], b = values[i &+ 1]
            sums[Int(truncatingIfNeeded: a.bitPattern &>> 16)] += Double(a)
            second[Int(truncatingIfNeeded: b.bitPattern &>> 16)] += Double(b)
            i &+= 2
        }
        if i < count { sums[Int(values[i].bitPattern >> 16)] += Double(values[i]) }
    }

    /// Adds to sums by `BucketHistogram.key`.
    func add(to totals: inout [Double]) {
        for upper in 0..<65_536 { totals[BucketHistogram.key(UInt32(upper))] += sums[upper] + sums[1 << 16 | upper] }
    }
}

/// Splits some buckets by the next eight bits of the patterns of their values.
final class BucketSlots {
    private let wanted: [ValueCells.Bucket]
    /// By the upper sixteen bits: 0 is not wanted; a slot of 1 … is split by the eight bits after them; beyond `direct` are
    /// tables of the slots that those eight bits lead to.
    private let first: UnsafeMutablePointer<UInt16>
    /// 1 where `first` is not 0.
    private let isWanted: UnsafeMutablePointer<UInt8>
    /// 256 slots for each of those tables.
    private let second: UnsafeMutablePointer<UInt16>
    private let direct: Int
    /// 256 counters and sums a slot.
    private let counts: UnsafeMutablePointer<UInt64>
    private let sums: UnsafeMutablePointer<Double>

    init(_ wanted: [ValueCells.Bucket]) {
        self.wanted = wanted
        first = .allocate(capacity: 65_536)
        first.initialize(repeating: 0, count: 65_536)
        counts = .allocate(capacity: (wanted.count + 1) << 8)
        counts.initialize(repeating: 0, count: (wanted.count + 1) << 8)
        sums = .allocate(capacity: (wanted.count + 1) << 8)
        sums.initialize(repeating: 0, count: (wanted.count + 1) << 8)
        direct = wanted.count
        var tables = 0
        for (number, bucket) in wanted.enumerated() {
            let upper = Int(bucket.pattern >> 16)
            if bucket.depth == 16 {
                first[upper] = UInt16(number + 1)
            } else if first[upper] == 0 {
                tables += 1
                first[upper] = UInt16(direct + tables)
            }
        }
        isWanted = .allocate(capacity: 65_536)
        for upper in 0..<65_536 { isWanted[upper] = first[upper] == 0 ? 0 : 1 }
        second = .allocate(capacity: max(1, tables) << 8)
        second.initialize(repeating: 0, count: max(1, tables) << 8)
        for (number, bucket) in wanted.enumerated() where bucket.depth != 16 {
            let table = Int(first[Int(bucket.pattern >> 16)]) - direct - 1
            second[table << 8 | Int(bucket.pattern >> 8 & 0xFF)] = UInt16(number + 1)
        }
    }

    deinit {
        first.deallocate()
        isWanted.deallocate()
        second.deallocate()
        counts.deallocate()
        sums.deallocate()
    }

    func add(_ values: UnsafePointer<Float>, _ count: Int) {
        // First the few that are wanted, without a branch for each value; then where they go.
        let isWanted = isWanted
        withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.tile) { found in
            guard let found = found.baseAddress else { return }
            var start = 0
            while start < count {
                let size = min(Self.tile, count &- start)
                var kept = 0
                var i = start
                while i < start &+ size {
                    let value = values[i]
                    found[kept] = value
                    kept &+= Int(isWanted[Int(truncatingIfNeeded: value.bitPattern &>> 16)])
                    i &+= 1
                }
                place(found, kept)
                start &+= size
            }
        }
    }

    private static let tile = 4_096

    private func place(_ values: UnsafePointer<Float>, _ count: Int) {
        let first = first, second = second, direct = direct, counts = counts, sums = sums
        for i in 0..<count {
            let value = values[i], bits = value.bitPattern
            let slot = Int(first[Int(truncatingIfNeeded: bits &>> 16)])
            let middle = Int(truncatingIfNeeded: bits &>> 8 & 0xFF)
            if slot <= direct {
                counts[slot &<< 8 | middle] &+= 1
                sums[slot &<< 8 | middle] += Double(value)
            } else {
                // Slot 0 takes what is not wanted.
                let slot = Int(second[(slot &- direct &- 1) &<< 8 | middle])
                counts[slot &<< 8 | Int(truncatingIfNeeded: bits & 0xFF)] &+= 1
            }
        }
    }

    /// The cells of every bucket, ascending, of what some workers have seen.
    static func cells(_ all: [BucketSlots]) -> [[ValueCells.Cell]] {
        guard let wanted = all.first?.wanted else { return [] }
        return wanted.enumerated().map { number, bucket in
            let isNegative = bucket.pattern >> 31 == 1
            return (0..<256).compactMap { step -> ValueCells.Cell? in
                let byte = isNegative ? 255 - step : step, place = (number + 1) << 8 | byte
                let count = all.reduce(UInt64(0)) { $0 + $1.counts[place] }
                guard count > 0 else { return nil }
                if bucket.depth == 16 {
                    let part = ValueCells.Bucket(pattern: bucket.pattern | UInt32(byte) << 8, depth: 24)
                    let edges = part.edges
                    return ValueCells.Cell(
                        low: edges.low, high: edges.high, count: Double(count),
                        sum: all.reduce(0) { $0 + $1.sums[place] }, bucket: part)
                }
                let value = Float(bitPattern: bucket.pattern | UInt32(byte)) + 0
                return ValueCells.Cell(
                    low: value, high: value, count: Double(count), sum: Double(count) * Double(value), bucket: nil)
            }
        }
    }
}
