"""The sample crawl: a small made-up crawl, written anew wherever tests or the demo need one."""
