import Explorer
import Testing

@testable import TerminalUI

struct ColorTests {
    /// CIE lightness, 0 to 100, of a relative luminance.
    private func lightness(_ color: RGB) -> Double {
        let y = color.luminance
        return y > 216.0 / 24_389 ? 116 * cubeRoot(y) - 16 : y * 24_389 / 27
    }

    private func cubeRoot(_ value: Double) -> Double {
        var root = 0.5
        for _ in 0..<60 { root = (2 * root + value / (root * root)) / 3 }
        return root
    }

    /// Numbers that are larger, or farther from zero, are lighter on a dark background and darker on a light one.
    @Test(arguments: ColorMap.Ground.allCases) func mapsAreMonotoneInLightness(ground: ColorMap.Ground) {
        let sign = ground == .dark ? 1.0 : -1
        func check(_ map: ColorMap, _ numbers: [Double]) {
            let mixed = numbers.map { lightness(map.color($0, on: ground)) }
            let palette = numbers.map { lightness(RGB(paletteIndex: Int(map.paletteIndex($0, on: ground)))) }
            for (before, next) in zip(mixed, mixed.dropFirst()) { #expect(sign * (next - before) > -0.3) }
            for (before, next) in zip(palette, palette.dropFirst()) { #expect(sign * (next - before) > -1) }
            #expect(sign * (mixed.last! - mixed.first!) > 40, "\(map) \(ground)")
            #expect(sign * (palette.last! - palette.first!) > 40, "\(map) \(ground)")
            // Many steps are seen even where the palette is the terminal's.
            #expect(Set(palette).count >= 7, "\(map) \(ground)")
        }
        let up = (0...64).map { Double($0) / 64 }
        check(.sequential, up)
        check(.diverging, up)
        check(.diverging, up.map { -$0 })
    }

    /// The middle of the diverging map is a grey near the background; both ends are as light, blue and orange.
    @Test func divergingMapIsBalanced() {
        for ground in ColorMap.Ground.allCases {
            let middle = ColorMap.diverging.color(0, on: ground)
            let spread = [middle.red, middle.green, middle.blue].map(Int.init)
            #expect(spread.max()! - spread.min()! <= 8)
            let low = ColorMap.diverging.color(-1, on: ground), high = ColorMap.diverging.color(1, on: ground)
            #expect(low.blue > low.red && high.red > high.blue)
            #expect(abs(lightness(low) - lightness(high)) < 8)
        }
    }

    /// Equal steps of a number look about equally different.
    @Test func mapsAreEven() {
        for map in ColorMap.allCases {
            for ground in ColorMap.Ground.allCases {
                let halves = map == .sequential ? [0.0...1.0] : [-1.0...(-0.02), 0.02...1.0]
                for half in halves {
                    let colors = (0...16).map { step in
                        Oklab(
                            map.color(
                                half.lowerBound + (half.upperBound - half.lowerBound) * Double(step) / 16, on: ground))
                    }
                    let steps = zip(colors, colors.dropFirst()).map { $0.distance(to: $1) }
                    #expect(steps.max()! < 1.5 * steps.min()!, "\(map) \(ground) \(steps)")
                }
            }
        }
    }

    /// What those see who lack one kind of cone (Viénot, Brettel and Mollon 1999) still tells the numbers apart, the signs too.
    @Test func mapsAreSafeForTheColourBlind() {
        /// Rows of the matrices over linear red, green and blue.
        let kinds: [[[Double]]] = [
            [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
            [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
        ]
        for kind in kinds {
            func seen(_ color: RGB) -> Oklab {
                let light = color.linear, parts = [light.red, light.green, light.blue]
                let mixed = kind.map { row in zip(row, parts).reduce(0) { $0 + $1.0 * $1.1 } }
                func part(_ value: Double) -> UInt8 {
                    // Back to sRGB, by search: exact enough for a test.
                    UInt8(
                        (0...255).min {
                            abs(RGB(UInt8($0), 0, 0).linear.red - value) < abs(RGB(UInt8($1), 0, 0).linear.red - value)
                        }!)
                }
                return Oklab(RGB(part(mixed[0]), part(mixed[1]), part(mixed[2])))
            }
            for ground in ColorMap.Ground.allCases {
                let steps = (0...8).map { seen(ColorMap.sequential.color(Double($0) / 8, on: ground)) }
                for (before, next) in zip(steps, steps.dropFirst()) { #expect(before.distance(to: next) > 0.03) }
                let low = seen(ColorMap.diverging.color(-1, on: ground))
                let high = seen(ColorMap.diverging.color(1, on: ground))
                #expect(low.distance(to: high) > 0.1)
            }
        }
    }

    /// Numbers beyond the map's limits, and what is no number, have a colour too.
    @Test func everythingHasAColour() {
        for map in ColorMap.allCases {
            #expect(map.color(7, on: .dark) == map.color(1, on: .dark))
            #expect(map.color(-7, on: .dark) == map.color(map.least, on: .dark))
            #expect(map.color(.nan, on: .dark) == map.color(map.least, on: .dark))
        }
        #expect(Theme(.mono).color(1, .sequential) == nil)
        #expect(Theme(.eight).color(0, .diverging) == nil)
        #expect(Theme(.palette).color(1, .sequential)?.index != nil)
        #expect(Theme(.direct).color(1, .sequential)?.mixture != nil)
    }

    /// The theme `auto` follows the terminal's background where that is known.
    @Test func themeFollowsTheBackground() {
        #expect(Theme(.palette, .auto, ground: .light).name == .light)
        #expect(Theme(.palette, .auto, ground: .dark).name == .dark)
        #expect(Theme(.palette, .auto).name == .auto)
        #expect(Theme(.palette, .dark, ground: .light).ground == .dark)
    }
}
