"""What a stranger's text could try in a page."""

# What an ad could try; each would show up as a dialog, a request, an error or a title changed.
ATTACKS = {
    "script": "<script>alert(1);document.title='run'</script>",
    "end of script": "</script><script>alert(2)</script>",
    "end of data": "</script><!--<script>alert(3)",
    "image": "<img src=https://images.test/a.png onerror=alert(4)>",
    "vector": "<svg/onload=alert(5)><use href=https://images.test/b.svg#c></svg>",
    "style": "<style>@import url(https://styles.test/a.css);body{display:none}</style>",
    "style in place": '<p style="background:url(https://images.test/d.png)">x</p>',
    "link": '<a href="javascript:alert(6)">a link</a><link rel=stylesheet href=//styles.test/b>',
    "frame": "<iframe srcdoc='<script>alert(7)</script>' src=https://frames.test/></iframe>",
    "form": "<form action=https://forms.test/><input autofocus onfocus=alert(8)></form>",
    "base and refresh": "<base href=https://base.test/><meta http-equiv=refresh content='0;//r'>",
    "escaped": "&lt;img src=x onerror=alert(9)&gt; &amp;lt;script&amp;gt;alert(10)",
    "line ends": "one\u2028two\u2029three\u0085four\x00five\ufeff",
    "backslashes": '\\u003cscript\\u003e \\"});alert(11);//',
    "template": "${alert(12)} {{alert(13)}} `",
    "direction": "\u202eright to left\u202c",
}
