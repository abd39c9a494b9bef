import Tensors
import Testing

@Suite struct ShapeTests {
    @Test func countsElements() {
        #expect(Shape([16, 8, 3, 3])?.count == 1_152)
        #expect(Shape([])?.count == 1)
        #expect(Shape([4, 0, 3])?.count == 0)
    }

    @Test func refusesWhatCannotBeCounted() {
        #expect(Shape([-1]) == nil)
        #expect(Shape([1 << 40, 1 << 40]) == nil)
        #expect(Shape([0, 1 << 40, 1 << 40]) == nil)
    }

    @Test func sizesInBytes() {
        #expect(ElementType.float4.byteCount(of: 3) == nil)
        #expect(ElementType.float6E2M3.byteCount(of: 4) == 3)
        #expect(ElementType.float64.byteCount(of: Int.max / 4) == nil)
    }
}

@Suite struct NameTests {
    @Test func naturalOrder() {
        let names = ["layers.10.w", "layers.2.w", "layers.2.b", "a", "layers.02.w", "layers"]
        #expect(
            names.sorted(by: NaturalOrder.precedes)
                == ["a", "layers", "layers.2.b", "layers.02.w", "layers.2.w", "layers.10.w"])
    }

    @Test func nearestNames() {
        let names = ["layers.0.conv.weight", "layers.0.conv.bias", "head.weight", "embed"]
        #expect(NearestNames.nearest(to: "head.wieght", in: names).first == "head.weight")
        #expect(NearestNames.nearest(to: "conv.bias", in: names).first == "layers.0.conv.bias")
        #expect(NearestNames.nearest(to: "wieght", in: names + ["e", "one"]).first?.hasSuffix("weight") == true)
        #expect(NearestNames.nearest(to: "", in: names).count == 3)
        #expect(NearestNames.nearest(to: "x", in: [String]()).isEmpty)
    }
}
