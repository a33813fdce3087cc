"""HTML of all kinds of tags, well formed and not, and of plain tags alone."""

from __future__ import annotations

from hypothesis import strategies as st

__all__ = ["HTML", "SIMPLE"]

NAMES = "p P div ul li LI br hr a b span h2 td table script style title svg textarea iframe"
NAMES += " noscript xmp plaintext noembed c x1 body html o:p my-tag img"
SPACE = st.sampled_from(["", " ", "\n", "\t", "\u00a0", "\f", "  "])
VALUES = st.sampled_from(
    [*'"a" \'b\' x "" "a>b" "a<b" \'>\' "x /li/ x=y `x "un'.split(), '"a b"', '"x\ny"', '"R&amp;D"']
)
ATTRIBUTES = st.lists(
    st.tuples(
        st.sampled_from([" ", "\n", "\t", "", "/", "  "]),
        st.sampled_from("class href data-x @x : x.y nowrap = é 1".split()),
        st.one_of(st.just(""), VALUES.map("={}".format), VALUES.map(" = {}".format)),
    ).map("".join),
    max_size=3,
).map("".join)
TAGS = st.tuples(
    st.sampled_from(["<", "<", "<", "</", "</", "< ", "<<"]),
    st.sampled_from(NAMES.split()),
    st.just("") | ATTRIBUTES,
    SPACE,
    st.sampled_from([">", ">", ">", ">", "/>", " />", "", " "]),
).map("".join)
DATA = st.sampled_from(
    "Manage &amp; &lt;p&gt; &nbsp; &eacute; &#8217; &#x2019 &ampx & < > a<b 1 <3 > &unknown; é 🚀 "
    "<!-- --> <!doctype html> <![CDATA[ ]]> <?xml ?>".split()
)
HTML = st.lists(TAGS | TAGS | DATA | SPACE | st.text(max_size=4), max_size=16).map("".join)
# Tags of the simple kind alone, so that the quick way does not decline.
SIMPLE = st.lists(
    st.tuples(
        st.sampled_from(["<", "</"]),
        st.sampled_from("p P div ul ol li LI br a b span h2 td table c".split()),
        st.sampled_from(["", "", ' class="x"', " href=x", "\nid='a b'", " nowrap", " "]),
        st.just(">"),
    ).map("".join)
    | SPACE
    | st.sampled_from("Manage &amp; &lt; &nbsp; &#8217; &ampx > 1 é 🚀".split()),
    max_size=16,
).map("".join)
