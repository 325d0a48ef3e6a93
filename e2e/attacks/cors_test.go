package attacks

// cors lets only the listed sites' pages read responses.
func cors() []attack {
	const path = "/things/tea/"
	var all []attack
	for _, origin := range []string{
		"https://evil.example", "null", "https://shop.example.evil.example", "https://evilshop.example", "http://shop.example",
		"https://SHOP.example", "https://a.shop.example", "https://shop.example:444", "https://shop.example/", "https://shop.example,https://blog.example",
		"https://shop.example https://evil.example", "*", "https://shop.example@evil.example", "https://shop.exampl",
	} {
		all = append(all,
			attack{"a page of " + origin, strict, mirrorWith("Access-Control-Allow-Origin: *", "Access-Control-Allow-Credentials: true"), steps{
				{get(path, "Origin: "+origin), must(status(200), headerLacks("Access-Control-Allow-Origin", ""), headerLacks("Access-Control-Allow-Credentials", ""))},
				{get(path, "Origin: https://shop.example"), must(hit, header("Access-Control-Allow-Origin", "https://shop.example"), header("Vary", "Origin"))},
			}})
	}
	preflight := func(origin, fields string) request {
		return send("OPTIONS", path, "", "Origin: "+origin, "Access-Control-Request-Method: DELETE", "Access-Control-Request-Headers: "+fields, "Access-Control-Request-Private-Network: true")
	}
	return append(all, []attack{
		{"a preflight of another page", strict, mirror, steps{{preflight("https://evil.example", "X-Evil"), must(originGot(0), headerLacks("Access-Control-Allow-Origin", ""))}}},
		{"fields that are not listed", strict, mirror, steps{
			{preflight("https://shop.example", "X-Evil"), must(originGot(0), headerLacks("Access-Control-Allow-Headers", "X-Evil"), headerLacks("Access-Control-Allow-Private-Network", ""))},
		}},
		{"a listed page's response is not another's", strict, mirror, steps{
			{get(path, "Origin: https://shop.example"), must(header("Access-Control-Allow-Origin", "https://shop.example"))},
			{get(path, "Origin: https://blog.example"), must(hit, header("Access-Control-Allow-Origin", "https://blog.example"))},
			{get(path), must(hit, headerLacks("Access-Control-Allow-Origin", ""))},
		}},
		{"two origins", strict, mirror, steps{
			{get(path, "Origin: https://shop.example", "Origin: https://evil.example"), must(headerLacks("Access-Control-Allow-Origin", "evil"))},
		}},
		{"an error of another page", strict, mirror, steps{{get("/admin/", "Origin: https://evil.example"), must(status(404), headerLacks("Access-Control-Allow-Origin", ""))}}},
		{"a wildcard never with credentials", shipped, mirrorWith("Access-Control-Allow-Credentials: true"), steps{
			{get("/v2/posts/hello/", "Origin: https://evil.example"), must(header("Access-Control-Allow-Origin", "*"), headerLacks("Access-Control-Allow-Credentials", ""))},
		}},
		{"a wildcard never with credentials on a pass", shipped, mirrorWith("Access-Control-Allow-Credentials: true", "Access-Control-Allow-Origin: https://evil.example"), steps{
			{get("/elsewhere", "Origin: https://evil.example"), must(header("Access-Control-Allow-Origin", "*"), headerLacks("Access-Control-Allow-Credentials", ""))},
		}},
	}...)
}
