import KernelTypes

/// Error sums by going over the values each time: the fastest way for few values or many levels.
struct DirectObjective: GridObjective {
    let values: UnsafePointer<Float>
    let count: Int
    private let factor: Float

    init(_ values: UnsafePointer<Float>, _ count: Int, largest: Float) {
        self.values = values
        self.count = count
        factor = largest.normalizingFactor
    }

    private func kernel(_ grid: StepGrid) -> KernelGrid {
        let scale = max(Float(grid.step), .leastNormalMagnitude)
        return KernelGrid(inverse: 1 / scale, scale: scale, low: Float(grid.low), high: Float(grid.high))
    }

    func error(_ grid: StepGrid, _ measure: ErrorMeasure) -> Double {
        Kernel.set.error(values, count, grid: kernel(grid), measure, factor: factor)
    }

    func fit(_ grid: StepGrid) -> (product: Double, square: Double) {
        let sums = Kernel.set.fit(values, count, grid: kernel(grid), factor: factor)
        return (sums.product / Double(factor), sums.square)
    }

    var smallestGap: Double? {
        UnsafeBufferPointer(start: values, count: count).sorted().withUnsafeBufferPointer { SortedGaps.smallest($0) }
    }

    func cost(levels: Int) -> Int { count }
}

enum SortedGaps {
    /// The smallest distance between two ascending values that differ; nil where all are alike.
    static func smallest(_ values: UnsafeBufferPointer<Float>) -> Double? {
        var smallest = Double.infinity
        for position in 1..<max(1, values.count) {
            let gap = Double(values[position]) - Double(values[position - 1])
            if gap > 0, gap < smallest { smallest = gap }
        }
        return smallest.isFinite ? smallest : nil
    }
}
