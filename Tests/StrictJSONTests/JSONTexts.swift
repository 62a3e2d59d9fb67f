// SPDX-License-Identifier: Apache-2.0

import StrictJSON

/// Texts that every reader of JSON must reject.
enum JSONTexts {
    static let invalid: [(String, JSONError.Kind)] = [
        ("", .ended), (" ", .ended), ("{", .ended), ("[", .ended), (#"{"a""#, .ended), (#"{"a":"#, .ended),
        (#""abc"#, .ended), ("[1", .ended), ("[1,", .ended), ("-", .number), ("tru", .unexpected),
        ("{,}", .unexpected), ("[1,]", .unexpected), (#"{"a":1,}"#, .unexpected), ("[1 2]", .unexpected),
        ("{a:1}", .unexpected), ("{'a':1}", .unexpected), ("True", .unexpected), ("NaN", .unexpected),
        ("<html>", .unexpected), ("// c\n1", .unexpected), ("nul1", .unexpected), ("+1", .unexpected),
        (".5", .unexpected), ("01", .number), ("-01", .number), ("1.", .number), ("1.e3", .number), ("1e", .number),
        ("1e+", .number), ("-a", .number), ("1 1", .trailingData), ("{}x", .trailingData), ("0x10", .trailingData),
        ("{}\u{0}", .trailingData), ("{\"a\u{0}b\":1}", .nul), (#"{"a":"\u0000"}"#, .nul),
        ("\"a\nb\"", .controlCharacter),
        ("\"\u{1F}\"", .controlCharacter), (#""\x""#, .escape), (#""\u12g4""#, .escape), (#""\u+123""#, .escape),
        (#""\ud800""#, .loneSurrogate), (#""\udc00""#, .loneSurrogate), (#""\ud800\ud800""#, .loneSurrogate),
        (#""\ud800\n""#, .loneSurrogate), (#""\ud800x""#, .loneSurrogate), ("\u{FEFF}{}", .byteOrderMark),
    ]

    static let invalidUTF8: [[UInt8]] = [
        [0xFF], [0x22, 0x80, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
        [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0xE2, 0x82, 0x22],
    ]

    static let duplicates = [
        #"{"a":1,"a":1}"#, #"{"sub":1,"s\u0075b":2}"#, #"{"x":[{"a":1,"b":2,"a":3}]}"#, #"{"":1,"":2}"#,
        #"{"é":1,"\u00e9":2}"#,
    ]
}
