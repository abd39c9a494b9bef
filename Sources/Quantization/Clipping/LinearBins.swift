import KernelTypes

/// 65,536 equal bins over the extremes of some values: what searches over many values are guided by.
struct LinearBins {
    static let count = 65_536
    let low: Float
    let binsPerUnit: Float

    init(low: Float, high: Float) {
        self.low = low
        let width = Double(high) - Double(low)
        // Values that are all alike lie within a narrow bin: its centre stands for them.
        let alike = low == 0 ? 1 : 0x1p40 / Double(abs(low))
        let slope = width > 0 ? Double(Self.count) / width : alike
        binsPerUnit = Float(min(slope, Double(Float.greatestFiniteMagnitude)))
    }

    /// Four tables of one underflow bin, the bins, and one overflow bin.
    final class Counter: @unchecked Sendable {
        let tables: UnsafeMutablePointer<UInt32>
        init() {
            tables = .allocate(capacity: 4 * (LinearBins.count + 2))
            tables.initialize(repeating: 0, count: 4 * (LinearBins.count + 2))
        }
        deinit { tables.deallocate() }
    }

    func count(_ values: UnsafePointer<Float>, _ count: Int, into counter: Counter) {
        Kernel.set.countBins(values, count, low: low, binsPerUnit: binsPerUnit, bins: Self.count, counter.tables)
    }

    func objective(_ counters: [Counter]) -> CumulativeMoments {
        var bins = [UInt64](repeating: 0, count: Self.count)
        let width = Self.count + 2
        for counter in counters {
            for table in 0..<4 {
                let base = counter.tables + table * width
                // The extreme values may fall beside the outer bins by rounding.
                bins[0] += UInt64(base[0])
                bins[Self.count - 1] += UInt64(base[Self.count + 1])
                for bin in 0..<Self.count { bins[bin] += UInt64(base[bin + 1]) }
            }
        }
        return CumulativeMoments(bins: bins, low: Double(low), binsPerUnit: Double(binsPerUnit))
    }
}
