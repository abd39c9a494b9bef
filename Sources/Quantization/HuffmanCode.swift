/// The best code of whole bits for symbols that occur so often (Huffman 1952; survey II.3, and the last step of Deep Compression).
enum HuffmanCode {
    /// The mean length in bits, at most one bit above the entropy; 0 for a single symbol, which needs none.
    ///
    /// The two least frequent nodes are joined again and again; the mean length is the sum of all joined counts over the total.
    /// O(n log n) for n symbols that occur.
    static func averageLength(_ counts: [UInt64]) -> Double {
        let leaves = counts.filter { $0 > 0 }.sorted()
        let total = leaves.reduce(0.0) { $0 + Double($1) }
        guard leaves.count > 1 else { return 0 }
        // Joined nodes come about in ascending order: the two least are at the heads of two queues.
        var joined: [UInt64] = [], leaf = 0, inner = 0, sum = 0.0
        joined.reserveCapacity(leaves.count)
        func next() -> UInt64 {
            if leaf < leaves.count, inner >= joined.count || leaves[leaf] <= joined[inner] {
                leaf += 1
                return leaves[leaf - 1]
            }
            inner += 1
            return joined[inner - 1]
        }
        for _ in 1..<leaves.count {
            let node = next() + next()
            joined.append(node)
            sum += Double(node)
        }
        return sum / total
    }
}
