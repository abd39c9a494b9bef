import KernelTypes

/// Where the grid of each sixteen elements comes from: one for all, or columns.
protocol GridSource {
    func inverse(_ index: Int) -> Kernels.Lanes
    func scale(_ index: Int) -> Kernels.Lanes
    func low(_ index: Int) -> Kernels.Lanes
    func high(_ index: Int) -> Kernels.Lanes
    func element(_ index: Int) -> KernelGrid
}

struct OneGrid: GridSource {
    let grid: KernelGrid
    @inline(__always) func inverse(_ index: Int) -> Kernels.Lanes { Kernels.Lanes(repeating: grid.inverse) }
    @inline(__always) func scale(_ index: Int) -> Kernels.Lanes { Kernels.Lanes(repeating: grid.scale) }
    @inline(__always) func low(_ index: Int) -> Kernels.Lanes { Kernels.Lanes(repeating: grid.low) }
    @inline(__always) func high(_ index: Int) -> Kernels.Lanes { Kernels.Lanes(repeating: grid.high) }
    @inline(__always) func element(_ index: Int) -> KernelGrid { grid }
}

struct GridColumns: GridSource {
    let columns: KernelGridColumns
    @inline(__always) func inverse(_ index: Int) -> Kernels.Lanes { Kernels.load(columns.inverse, index) }
    @inline(__always) func scale(_ index: Int) -> Kernels.Lanes { Kernels.load(columns.scale, index) }
    @inline(__always) func low(_ index: Int) -> Kernels.Lanes { Kernels.load(columns.low, index) }
    @inline(__always) func high(_ index: Int) -> Kernels.Lanes {
        Kernels.load(columns.low, index) + Kernels.Lanes(repeating: columns.span)
    }
    @inline(__always) func element(_ index: Int) -> KernelGrid {
        KernelGrid(
            inverse: columns.inverse[index], scale: columns.scale[index], low: columns.low[index],
            high: columns.low[index] + columns.span)
    }
}

/// Runs of 2^shift elements, at least sixteen, that each have a grid: sixteen lanes never belong to two runs.
struct GridRuns: GridSource {
    let columns: KernelGridColumns
    let shift: Int
    @inline(__always) func inverse(_ index: Int) -> Kernels.Lanes {
        Kernels.Lanes(repeating: columns.inverse[index &>> shift])
    }
    @inline(__always) func scale(_ index: Int) -> Kernels.Lanes {
        Kernels.Lanes(repeating: columns.scale[index &>> shift])
    }
    @inline(__always) func low(_ index: Int) -> Kernels.Lanes { Kernels.Lanes(repeating: columns.low[index &>> shift]) }
    @inline(__always) func high(_ index: Int) -> Kernels.Lanes {
        Kernels.Lanes(repeating: columns.low[index &>> shift] + columns.span)
    }
    @inline(__always) func element(_ index: Int) -> KernelGrid {
        let run = index &>> shift
        return KernelGrid(
            inverse: columns.inverse[run], scale: columns.scale[run], low: columns.low[run],
            high: columns.low[run] + columns.span)
    }
}
