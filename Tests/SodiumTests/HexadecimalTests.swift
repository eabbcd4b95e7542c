import Sodium
import Testing

struct HexadecimalTests {
    @Test func `digits of either case are read, and written in lower case`() {
        #expect(bytes(hexadecimal: "00fFa1", count: 3) == [0, 255, 161])
        #expect(hexadecimal([0, 255, 161]) == "00ffa1")
    }

    @Test(arguments: ["00", "000000", "0g00", "+f00", " f00", "0\u{E9}0"])
    func `anything but so many digits is refused`(text: String) {
        #expect(bytes(hexadecimal: text, count: 2) == nil)
    }
}
