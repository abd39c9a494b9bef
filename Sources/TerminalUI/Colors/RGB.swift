import Platform

/// A colour of sRGB in parts of 255.
public struct RGB: Hashable, Sendable {
    public let red: UInt8, green: UInt8, blue: UInt8

    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) { (self.red, self.green, self.blue) = (red, green, blue) }

    public init(hexadecimal: UInt32) {
        self.init(UInt8(hexadecimal >> 16 & 255), UInt8(hexadecimal >> 8 & 255), UInt8(hexadecimal & 255))
    }

    public var hexadecimal: UInt32 { UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue) }

    /// What xterm and most others show for an index of the palette; users change the first sixteen.
    public init(paletteIndex index: Int) {
        switch index {
        case ..<16: self.init(hexadecimal: Self.base[max(0, index)])
        case ..<232:
            func level(_ step: Int) -> UInt8 { step == 0 ? 0 : UInt8(55 + 40 * step) }
            let place = index - 16
            self.init(level(place / 36), level(place / 6 % 6), level(place % 6))
        default:
            let grey = UInt8(min(255, 8 + 10 * (index - 232)))
            self.init(grey, grey, grey)
        }
    }

    private static let base: [UInt32] = [
        0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
        0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
    ]

    /// Light of each part, from 0 to 1 (IEC 61966-2-1).
    var linear: (red: Double, green: Double, blue: Double) {
        func light(_ part: UInt8) -> Double {
            let share = Double(part) / 255
            return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
        }
        return (light(red), light(green), light(blue))
    }

    /// Relative luminance, from 0 for black to 1 for white, as contrast is measured with (WCAG 2).
    public var luminance: Double {
        let light = linear
        return 0.2126 * light.red + 0.7152 * light.green + 0.0722 * light.blue
    }

    public func contrast(to other: RGB) -> Double {
        let (own, others) = (luminance + 0.05, other.luminance + 0.05)
        return max(own, others) / min(own, others)
    }
}

/// A colour by lightness and two opponent axes, even to the eye: equal distances look about equally different.
///
/// Oklab, B. Ottosson 2020, https://bottosson.github.io/posts/oklab.
struct Oklab: Equatable {
    /// 0 for black, 1 for white.
    var lightness: Double
    var greenRed: Double
    var blueYellow: Double

    init(lightness: Double, greenRed: Double, blueYellow: Double) {
        (self.lightness, self.greenRed, self.blueYellow) = (lightness, greenRed, blueYellow)
    }

    /// - Parameters:
    ///   - chroma: 0 for grey.
    ///   - hue: in degrees: red about 30, yellow 110, green 140, blue 260.
    init(lightness: Double, chroma: Double, hue: Double) {
        let angle = hue * .pi / 180
        self.init(lightness: lightness, greenRed: chroma * cos(angle), blueYellow: chroma * sin(angle))
    }

    init(_ color: RGB) {
        let (r, g, b) = color.linear
        let l = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
        let m = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
        let s = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
        self.init(
            lightness: 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            greenRed: 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            blueYellow: 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s)
    }

    /// Of as much chroma as screens can show at the lightness.
    var color: RGB {
        var share = 1.0
        while share > 0, !light(chroma: share).allSatisfy({ $0 >= -0.0005 && $0 <= 1.0005 }) { share -= 0.02 }
        let parts = light(chroma: max(0, share)).map { light -> UInt8 in
            let share = light <= 0.0031308 ? 12.92 * light : 1.055 * pow(light, 1 / 2.4) - 0.055
            return UInt8(max(0, min(255, (255 * share).rounded())))
        }
        return RGB(parts[0], parts[1], parts[2])
    }

    /// Red, green and blue, from 0 to 1 where a screen can show them.
    private func light(chroma share: Double) -> [Double] {
        let (a, b) = (greenRed * share, blueYellow * share)
        func cube(_ value: Double) -> Double { value * value * value }
        let l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b)
        let m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b)
        let s = cube(lightness - 0.0894841775 * a - 1.2914855480 * b)
        return [
            4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
            -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
            -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
        ]
    }

    func distance(to other: Oklab) -> Double {
        let (l, a, b) = (
            lightness - other.lightness, greenRed - other.greenRed, blueYellow - other.blueYellow
        )
        return (l * l + a * a + b * b).squareRoot()
    }
}
