import Tensors

extension Shape {
    /// The extents that are not one: shapes that differ in those alone hold the same elements in the same order.
    var bareExtents: [Int] { extents.filter { $0 != 1 } }
}
