extension TensorView {
    /// Whether a channel of an axis has nothing but zeros.
    ///
    /// Of each channel no more is read than it takes to find another value: of usual weights an element a channel, O(count) at most.
    /// `isCancelled` is asked now and then: true ends the search, with false.
    public func hasDeadChannel(ofAxis axis: Int, isCancelled: () -> Bool = { false }) -> Bool {
        guard shape.rank >= 2, shape.extents.indices.contains(axis), count > 0 else { return false }
        let channels = shape.extents[axis], inner = shape.product(from: axis + 1), outer = count / (channels * inner)
        return (0..<channels).contains { channel in
            if channel % 1_024 == 0, isCancelled() { return false }
            return (0..<outer).allSatisfy { line in
                let start = (line * channels + channel) * inner
                return isZero(start..<start + inner, isCancelled)
            }
        } && !isCancelled()
    }

    /// Whether all elements of a run are zero; a short beginning tells of most.
    private func isZero(_ run: Range<Int>, _ isCancelled: () -> Bool) -> Bool {
        var start = run.lowerBound, size = 16
        while start < run.upperBound {
            let end = min(run.upperBound, start + size)
            guard values(start..<end).allSatisfy({ $0 == 0 }) else { return false }
            (start, size) = (end, min(size * 8, 1 << 16))
            if isCancelled() { return true }
        }
        return true
    }
}
